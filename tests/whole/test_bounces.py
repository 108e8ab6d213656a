"""A season's reminders leave, some come back, and nobody is written to again who cannot be reached or does not want."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from service.clock import SystemClock
from tests.delivery.dovecot import PASSWORD, run_dovecot
from tests.whole.installation import free_port, install, invite
from tests.whole.terminal import STUDYBELL, Said, call, surroundings

BOUNCED = Path(__file__).parents[1] / "delivery" / "returns" / "bounced" / "postfix-unknown-user.eml"


class Sink:
    """A relay that takes everything; `senders` are the envelopes' senders, `contents` the mails, by recipient."""

    def __init__(self) -> None:
        self.senders: dict[str, str] = {}
        self.contents: dict[str, bytes] = {}

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        (recipient,) = envelope.rcpt_tos
        self.senders[recipient], self.contents[recipient] = envelope.mail_from, envelope.content
        return "250 taken"

    def return_of(self, recipient: str) -> bytes:
        return BOUNCED.read_bytes().replace(b"bounces+TOKEN@example.org", self.senders[recipient].encode())

    def wish_to_leave(self, recipient: str) -> bytes:
        header = self.contents[recipient].split(b"<mailto:")[1]
        return b"From: x@example.org\nSubject: unsubscribe\nTo: " + header.split(b"?")[0] + b"\n\n"


def pipe(folder: Path, mail: bytes) -> Said:
    done = subprocess.run(
        [*STUDYBELL, "bounce"], cwd=folder, env=surroundings(), input=mail, capture_output=True, timeout=60, check=False
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def states(folder: Path) -> dict[str, str]:
    rows = [line.split() for line in call(folder, "participants", "list").out.splitlines()]
    return {address.partition("@")[0]: state for _, state, address, *_ in rows}


@pytest.mark.slow
def test_what_comes_back_by_a_pipe_and_by_a_mailbox_is_obeyed(tmp_path: Path) -> None:
    sink, port = Sink(), free_port()
    relay = Controller(sink, hostname="127.0.0.1", port=port)
    relay.start()
    try:
        with run_dovecot() as dovecot:
            settings = install(tmp_path, smtp_port=port, starts=SystemClock().now() + timedelta(minutes=40))
            (tmp_path / "password").write_text(PASSWORD)
            with (tmp_path / "studybell.toml").open("a") as file:
                file.write(
                    '[bounces]\naddress = "bounces@example.org"\nhost = "127.0.0.1"\nsecurity = "none"\n'
                    f'port = {dovecot.port}\nusername = "bounces"\npassword_file = "password"\ndone = "Done"\n'
                )
            invite(settings, 4)
            assert call(tmp_path, "send").status == 0
            assert len({*sink.senders.values()}) == 4

            dovecot.deliver(sink.return_of("reader1@example.org"), sink.wish_to_leave("reader2@example.org"), b"Hi\n\n")
            said = pipe(tmp_path, sink.return_of("reader0@example.org"))
            again = call(tmp_path, "send")

            assert (said.status, said.out, "its address gets no more mails" in said.err) == (0, "", True)
            assert (again.status, again.err) == (0, "")
            assert (dovecot.count(read=True), dovecot.count("Done", read=True)) == (1, 2)
    finally:
        relay.stop()
    assert states(tmp_path) == {
        "reader0": "suppressed",
        "reader1": "suppressed",
        "reader2": "unsubscribed",
        "reader3": "confirmed",
    }
    rows = [SimpleNamespace(**row) for row in json.loads(call(tmp_path, "deliveries", "list", "--json").out)]
    back = {row.email for row in rows if row.state == "sent" and row.reason.startswith("came back: 5.1.1")}
    assert back == {"reader0@example.org", "reader1@example.org"}
