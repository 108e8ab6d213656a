"""Enclosures: a mail that calendars act upon, as programs take it apart."""

from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from service.feed.invitation import fold_attendee, render_invitation
from service.messages.compose import compose
from service.messages.letter import Letter
from service.messages.message import Invitation, Message, Notice, NoticeKind
from service.messages.proof import proof_addressee
from service.schedule.session import Session, Status, When
from service.schedule.version import Version
from tests.messages.golden import NOW, SERIES, make_stationery, parse

SESSION = Session(title="스케일링 법칙; 처음부터, 다시", when=When(NOW, NOW), place="공학관 301호")
VERSION = Version(uid="0004@example.org", session=SESSION, sequence=3, modified=NOW)
OFF = replace(VERSION, session=replace(SESSION, status=Status.CANCELLED))
READER = proof_addressee("https://bell.example.org")

INVITATION = Invitation(series=SERIES, version=VERSION)
MOVED = Notice(kind=NoticeKind.MOVED, series=SERIES, version=VERSION, invites=True)
CANCELLED = Notice(kind=NoticeKind.CANCELLED, series=SERIES, version=OFF, invites=True)
MESSAGES = [(INVITATION, "REQUEST"), (MOVED, "REQUEST"), (CANCELLED, "CANCEL")]


def write(message: Message) -> Letter:
    return compose(message, make_stationery(), language="ko", timezone="Asia/Seoul")


def take_apart(message: Message, email: str = READER.email) -> EmailMessage:
    mail = write(message).address(READER._replace(email=email), sent_at=NOW)
    assert mail.isascii()
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    parsed = parse(mail)
    assert not any(part.defects for part in parsed.walk())
    return parsed


@pytest.mark.parametrize(("message", "method"), MESSAGES)
def test_it_is_one_form_of_the_message_and_a_file_beside_it(message: Message, method: str) -> None:
    mail = take_apart(message)

    assert mail.get_content_type() == "multipart/mixed"
    forms, file = mail.iter_parts()
    assert forms.get_content_type() == "multipart/alternative"
    plain, html, calendar = forms.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert calendar["Content-Type"] == f'text/calendar; charset="utf-8"; method="{method}"'
    assert calendar.get_content_disposition() is None
    assert file.get_content_type() == "application/ics"
    assert (file.get_content_disposition(), file.get_filename()) == ("attachment", "invite.ics")
    assert {part["Content-Transfer-Encoding"] for part in (plain, html, calendar, file)} == {"base64"}
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True)


@pytest.mark.parametrize(("message", "method"), MESSAGES)
def test_it_holds_the_invitation_of_this_reader(message: Invitation | Notice, method: str) -> None:
    address = f"{'long-' * 12}name@{'department.' * 5}example.org"
    found = take_apart(message, address)

    expected = render_invitation(
        message.version,
        SERIES,
        organizer="bell@example.org",
        name="Study bell",
        attendee=fold_attendee(address),
    )
    (part,) = (part for part in found.walk() if part.get_content_type() == "text/calendar")
    assert part.get_payload(decode=True) == expected
    assert f"METHOD:{method}\r\n".encode() in expected


def test_an_address_in_another_script_is_written_as_mail_carries_it() -> None:
    mail = take_apart(INVITATION, "gil@한글.example")

    (part,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert "mailto:gil@xn--bj0bj06e.example\r\n" in str(part.get_content())
    assert mail["To"].addresses[0].addr_spec == "gil@xn--bj0bj06e.example"


def test_it_is_put_together_as_the_standard_library_would() -> None:
    mail = take_apart(INVITATION)
    forms = next(iter(mail.iter_parts()))

    expected = EmailMessage(policy=SMTP)
    expected.set_content("words")
    expected.add_alternative("<p>words</p>", subtype="html")
    expected.add_alternative("BEGIN:VCALENDAR", subtype="calendar", params={"method": "REQUEST"})
    expected.add_attachment(b"BEGIN:VCALENDAR", "application", "ics", filename="invite.ics")
    assert [part.get_content_type() for part in mail.walk()] == [part.get_content_type() for part in expected.walk()]
    assert forms.get_content_type() == "multipart/alternative"


def test_a_notice_to_somebody_who_wants_no_invitations_has_none() -> None:
    mail = take_apart(replace(MOVED, invites=False))

    assert mail.get_content_type() == "multipart/alternative"
    assert len(list(mail.iter_parts())) == 2


def test_an_update_says_so_in_its_subject() -> None:
    first, update = write(INVITATION), write(replace(INVITATION, update=True))

    assert first.subject.partition(":")[0] == "캘린더 초대"
    assert update.subject.partition(":")[0] == "일정 수정"
