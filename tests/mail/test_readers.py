"""Two parsers that are not ours read each mail as it was meant: header for header, and both bodies to the letter."""

from base64 import b64encode
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

import pytest

from tests.mail.judges import ask_node
from tests.mail.letters import LETTERS, NOW, READER, Written
from tests.messages.golden import parse

LEAVING = "unsubscribe_url"


def _bare(token: str) -> str:
    return token.strip("<>")


@pytest.mark.parametrize("mail", LETTERS, ids=str)
def test_python_reads_what_was_meant(mail: Written) -> None:
    read = parse(mail.content)

    assert not [defect for part in read.walk() for defect in part.defects]
    assert not [defect for _, value in read.items() for defect in value.defects]
    assert [(box.display_name, box.addr_spec) for box in read["From"].addresses] == [("Study bell", "bell@example.org")]
    name = READER.name if mail.letter.named else ""
    assert [(box.display_name, box.addr_spec) for box in read["To"].addresses] == [(name, READER.email)]
    assert read["Reply-To"] == "organizer@example.org"
    assert read["Subject"] == mail.letter.subject
    assert read["Message-ID"] == READER.message_id
    assert read["Date"].datetime == NOW
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Auto-Response-Suppress"] == "All"
    assert [_read(read, kind) for kind in ("plain", "html")] == [mail.text, mail.html]


@pytest.mark.parametrize("mail", LETTERS, ids=str)
def test_who_can_leave_can_leave_by_the_header(mail: Written) -> None:
    read = parse(mail.content)

    if LEAVING in mail.letter.fields:
        ways = f"<{READER.unsubscribe_url}>, <mailto:{READER.unsubscribe_address}?subject=unsubscribe>"
        assert read["List-Unsubscribe"] == ways
        assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    else:
        assert {"List-Unsubscribe", "List-Unsubscribe-Post"}.isdisjoint(read.keys())


@pytest.mark.node
def test_javascript_reads_what_was_meant() -> None:
    readings = ask_node("read.mjs", [b64encode(mail.content).decode("ascii") for mail in LETTERS])

    for mail, reading in zip(LETTERS, readings, strict=True):
        listed = reading.pop("list") or {}
        attached = reading.pop("attached")
        assert reading == _expect(mail), str(mail)
        assert listed.get("unsubscribe", {}) == _expect_leaving(mail), str(mail)
        assert [kind for kind, _, _ in attached] == _expect_enclosed(mail), str(mail)
        assert all(f"mailto:{READER.email}" in content.replace("\r\n ", "") for _, _, content in attached), str(mail)


def _expect(mail: Written) -> Mapping[str, Any]:
    thread = None if "confirm_url" in mail.letter.fields else READER.thread_id
    return {
        "from": [["Study bell", "bell@example.org"]],
        "to": [[READER.name if mail.letter.named else "", READER.email]],
        "reply_to": [["", "organizer@example.org"]],
        "subject": mail.letter.subject,
        "message_id": READER.message_id,
        "references": thread,
        "in_reply_to": thread,
        "date": "2024-02-23T12:00:00.000Z",
        "auto_submitted": "auto-generated",
        "text": mail.text.replace("\r\n", "\n"),
        "html": mail.html.replace("\r\n", "\n"),
    }


def _expect_leaving(mail: Written) -> Mapping[str, str]:
    if LEAVING not in mail.letter.fields:
        return {}
    return {"url": READER.unsubscribe_url, "mail": f"{READER.unsubscribe_address}?subject=unsubscribe"}


def _expect_enclosed(mail: Written) -> list[str]:
    return ["text/calendar", "application/ics"] if mail.letter.enclosure else []


def _read(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())
