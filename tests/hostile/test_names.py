"""A hundred thousand names and addresses: none adds a header, a recipient or a line to a mail."""

import os
import random
import re
from collections import Counter

import pytest

from service.messages.compose import compose
from service.messages.header import encode_domain
from service.messages.letter import Addressee
from service.messages.message import Confirmation
from service.messages.proof import print_proofs, proof_addressee
from service.web.address import BadAddress, read_address
from tests.messages.golden import NOW, SERIES, make_stationery, parse

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("HOSTILE_SEED", "20242"))
COUNT = 100_000

_CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029, 0x202E, 0xFEFF, 0xD800)]
_PIECES = [
    *("\r\n", "\n", "\r", "\r\n ", "\n\n", "\r\n.\r\n", "\\r\\n", "%0d%0a", "=0D=0A", "\r\n\r\n<b>", " ", "\t"),
    *(
        "Bcc: v@example.org",
        "To: v@example.org",
        "Subject: Buy",
        "Content-Type: text/html",
        "MAIL FROM:<x@example.org>",
    ),
    *("=?utf-8?q?=0d=0aBcc:_v=40example.org?=", "=?utf-8?b?DQpCY2M6IHY=?=", "v@example.org,", "<v@example.org>"),
    *(
        '"',
        "\\",
        "<",
        ">",
        ",",
        ";",
        ":",
        "@",
        "(",
        ")",
        "..",
        ".",
        "-",
        "+tag",
        "'",
        "a@b@example.org",
        '"a b"@example.org',
    ),
    *("한글", "é", "e\u0301", "👩‍💻", "Kim", "reader", "@[127.0.0.1]", "@localhost", "@xn--", "x" * 70, "가" * 90),
]
_LOCALS = ["reader", "kim.reader", "o'neil", "a+b", "{x}", "x" * 64, "!#$%&'*+/=?^_`{|}~-", "1", "re.a.d.er"]
_DOMAINS = [
    "example.org",
    "Mail.Example.ORG",
    "한글.kr",
    "xn--bj0bj06e.kr",
    "bücher.example.com",
    "a.b.c.d.example.net",
]
_FIELD = re.compile(rb"([!-9;-~]+): ([ -~]*)")


def draw(dice: random.Random) -> str:
    return "".join(dice.choice(_CONTROLS if dice.random() < 0.15 else _PIECES) for _ in range(dice.randrange(1, 7)))


def draw_address(dice: random.Random) -> str:
    """An address, or what is nearly one, or nothing like it."""
    address = f"{dice.choice(_LOCALS)}@{dice.choice(_DOMAINS)}"
    if dice.random() < 0.4:
        return address
    place = dice.choice((0, dice.randrange(len(address)), len(address)))
    return dice.choice((address[:place] + draw(dice) + address[place:], draw(dice), address + draw(dice) + address))


def read_head(head: bytes) -> list[tuple[bytes, bytes]]:
    """The fields of a head in order, unfolded. Raises AssertionError for a line that is none."""
    fields: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\r\n"):
        if line.startswith(b" "):
            name, value = fields.pop()
            assert line.isascii()
            assert line.decode().isprintable()
            fields.append((name, value + line))
        else:
            found = _FIELD.fullmatch(line)
            assert found, line
            fields.append((found[1], found[2]))
    return fields


def test_a_hundred_thousand_names_and_addresses_add_nothing_to_a_mail() -> None:
    dice = random.Random(SEED)
    stationery, reader = make_stationery(), proof_addressee("https://bell.example.org")
    letter = next(proof.letter for proof in print_proofs(stationery, SERIES, now=NOW))
    _, rest, parts = cut(letter.address(reader, sent_at=NOW))
    outcomes: Counter[str] = Counter()

    for number in range(COUNT):
        typed, name = draw_address(dice), draw(dice)
        try:  # what was typed at the form, and what might have come past it
            address = read_address(typed) if number % 8 == 0 else typed
            mail = letter.address(write(reader, address, name), sent_at=NOW)
        except BadAddress:
            outcomes["refused at the form"] += 1
            continue
        except ValueError:
            outcomes["refused when the mail was written"] += 1
            mail, address = letter.address(write(reader, reader.email, name), sent_at=NOW), reader.email
        else:
            outcomes["mailed"] += 1
        recipient, *others = cut(mail)
        [(field, value)] = read_head(recipient)
        assert (field, others) == (b"To", [rest, parts]), (typed, name)
        assert value.endswith(spell(address)), (typed, name)
        assert mail.count(b"\r\n") == mail.count(b"\r") == mail.count(b"\n")
        if number % 500 == 0:
            assert len(parse(mail)["To"].addresses) == 1

    print(f"seed {SEED}: {dict(outcomes)}")


def cut(mail: bytes) -> tuple[bytes, bytes, int]:
    """The first field of a mail, the others, and of how many parts its body consists."""
    head, _, body = mail.partition(b"\r\n\r\n")
    recipient, _, rest = head.partition(b"\r\nDate: ")
    return recipient, rest, body.count(b"\r\n--")


def write(reader: Addressee, address: str, name: str) -> Addressee:
    return Addressee(
        email=address,
        name=name,
        message_id=reader.message_id,
        unsubscribe_url=reader.unsubscribe_url,
        preferences_url=reader.preferences_url,
    )


def spell(address: str) -> tuple[bytes, bytes]:
    """How the one recipient stands at the end of a field, beside a name or alone."""
    local, _, domain = address.rpartition("@")
    whole = f"{local}@{domain.lower()}" if domain.isascii() else f"{local}@{encode_domain(domain)}"
    return f" <{whole}>".encode(), whole.encode()


def test_a_confirmation_has_the_same_bytes_whatever_name_was_typed() -> None:
    dice = random.Random(SEED)
    stationery, reader = make_stationery(), proof_addressee("https://bell.example.org")
    letter = compose(Confirmation(series=SERIES), stationery, language="en", timezone="Asia/Seoul")

    def confirm(name: str) -> bytes:
        who = Addressee(email=reader.email, name=name, message_id=reader.message_id, confirm_url=reader.confirm_url)
        return letter.address(who, sent_at=NOW)

    assert {confirm(draw(dice)) for _ in range(COUNT // 5)} == {confirm("")}
