"""A spam filter with its shipped rules sees nothing to object to in any mail, as a recipient's server would get it."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from tests.mail.judges import demand
from tests.mail.letters import LETTERS, READER

# Address and names are set aside for documentation; filters find fault with such addresses of IPv4 only.
ARRIVAL: Final = (
    "Return-Path: <bounces@example.org>\r\n"
    "Received: from mail.example.org (mail.example.org [2001:db8::25])\r\n"
    "\tby mx.example.net (Postfix) with ESMTPS id {number}\r\n"
    f"\tfor <{READER.email}>; Fri, 23 Feb 2024 12:00:02 +0000 (UTC)\r\n"
)
NUMBER: Final = re.compile(r"with ESMTPS id (\d+)")
SCORE: Final = re.compile(r"score=(-?[\d.]+) .*?tests=(\S+(?:,\s+\S+)*)")
SEPARATOR: Final = b"From bounces@example.org Fri Feb 23 12:00:02 2024\n"
RULES: Final = ("--local", "--nocreate-prefs", "--prefspath=/dev/null", "--cf=use_bayes 0", "--cf=report_safe 0")
MOST: Final = 1.0
# What every filter takes for spam, so that one can see that it works (GTUBE).
SPAM: Final = b"Subject: x\r\n\r\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"


def test_no_mail_looks_like_spam(tmp_path: Path) -> None:
    judged = _judge([*(mail.content for mail in LETTERS), SPAM], tmp_path)

    scores = {str(mail): judged[number] for number, mail in enumerate(LETTERS)}
    assert {name: told for name, told in scores.items() if told[0] >= MOST} == {}
    assert judged[len(LETTERS)][0] > 100, "this one does"


def _judge(mails: Sequence[bytes], home: Path) -> Mapping[int, tuple[float, str]]:
    """What SpamAssassin says, in whatever order, asking nobody on the net: the scores, and the rules that made them."""
    arrived = (ARRIVAL.format(number=number).encode() + mail for number, mail in enumerate(mails))
    folder = b"".join(SEPARATOR + mail.replace(b"\r\n", b"\n") + b"\n" for mail in arrived)
    done = subprocess.run(
        [demand("spamassassin", "spamassassin"), *RULES, "--mbox"],
        input=folder,
        capture_output=True,
        timeout=120,
        check=True,
        env={**os.environ, "HOME": str(home)},
    )
    judged = done.stdout.removeprefix(SEPARATOR).split(b"\n" + SEPARATOR)
    return dict(_read(message_from_bytes(mail, policy=policy.default)) for mail in judged)


def _read(mail: EmailMessage) -> tuple[int, tuple[float, str]]:
    number, found = NUMBER.search(str(mail["Received"])), SCORE.search(str(mail["X-Spam-Status"]))
    assert number
    assert found
    return int(number[1]), (float(found[1]), found[2])
