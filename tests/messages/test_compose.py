from dataclasses import replace

import pytest

from service.messages.compose import compose
from service.messages.message import (
    Confirmation,
    Known,
    Message,
    Notice,
    NoticeKind,
    Reminder,
    SourceBroken,
    SourceHealed,
)
from service.messages.proof import proof_addressee
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version
from tests.messages.golden import NOW, SERIES, make_stationery, parse, read_part

SESSION = Session(title="스케일링 법칙 <b>", when=When(NOW, NOW))
VERSION = Version(uid="0004@example.org", session=SESSION, sequence=0, modified=NOW)
REMINDER = Reminder(series=SERIES, version=VERSION, rule="1d", now=NOW)
BROKEN = SourceBroken(series=SERIES, trouble="일정/a.md:14:3: <b>gil@example.org</b> is no date", since=NOW)
WAITING = replace(BROKEN, waits=True)
MESSAGES: list[Message] = [
    REMINDER,
    Notice(kind=NoticeKind.MOVED, series=SERIES, version=VERSION),
    Confirmation(series=SERIES),
    Known(series=SERIES),
    BROKEN,
    SourceHealed(series=SERIES),
]
STATIONERY = make_stationery()


def write(message: Message, overrides: dict[str, str] | None = None, language: str = "en") -> tuple[str, str]:
    """Text and HTML of a message's mail."""
    stationery = make_stationery(overrides) if overrides else STATIONERY
    letter = compose(message, stationery, language=language, timezone="Asia/Seoul")
    mail = parse(letter.address(proof_addressee("https://bell.example.org"), sent_at=NOW))
    return read_part(mail, "plain"), read_part(mail, "html")


@pytest.mark.parametrize(
    ("message", "fields"),
    list(
        zip(
            MESSAGES,
            [{"unsubscribe_url", "preferences_url"}] * 2 + [{"confirm_url"}, {"preferences_url"}, set(), set()],
            strict=True,
        )
    ),
)
def test_each_message_speaks_of_the_addresses_that_it_needs(message: Message, fields: set[str]) -> None:
    letter = compose(message, STATIONERY, language="en", timezone="Asia/Seoul")

    assert letter.fields == fields
    assert (letter.named is not None) == ("unsubscribe_url" in fields)


def test_a_subject_says_session_and_series_in_one_line() -> None:
    letter = compose(REMINDER, STATIONERY, language="ko", timezone="Asia/Seoul")

    assert letter.subject == f"스케일링 법칙 <b> · {SERIES.title}"


def test_all_reminders_of_a_session_share_a_subject_so_that_they_share_a_thread() -> None:
    later = Reminder(series=SERIES, version=VERSION, rule="1h", now=NOW)

    subjects = {
        compose(reminder, STATIONERY, language="en", timezone="Asia/Seoul").subject for reminder in (REMINDER, later)
    }

    assert len(subjects) == 1


def test_a_reader_is_greeted_in_their_language() -> None:
    assert write(REMINDER)[0].startswith("Hello Kim Reader,\n")
    assert write(REMINDER, language="ko")[0].startswith("Kim Reader 님, 안녕하세요.\n")


def test_an_unknown_language_reads_english() -> None:
    assert write(REMINDER, language="xx") == write(REMINDER)


def test_what_a_schedule_says_is_escaped_in_html() -> None:
    text, html = write(REMINDER)

    assert "스케일링 법칙 <b>" in text
    assert "스케일링 법칙 &lt;b&gt;" in html


def test_a_reminder_tells_all_that_is_known_of_a_session() -> None:
    session = replace(
        SESSION,
        number="OT",
        type="talk",
        speakers=("Kim", "Lee"),
        affiliation="Example University",
        place="Room 1",
        note="Bring a laptop.",
        status=Status.TENTATIVE,
        links=(Link("https://example.org/paper"),),
    )

    text, html = write(replace(REMINDER, version=replace(VERSION, session=session)))

    for words in ("OT · talk · Example University · not certain yet", "Kim, Lee", "Room 1", "Bring a laptop."):
        assert words in text
        assert words in html
    assert "To read: https://example.org/paper\n" in text
    assert '<a href="https://example.org/paper"' in html


def test_a_cancelled_session_offers_nothing_to_join() -> None:
    off = replace(VERSION, session=replace(SESSION, status=Status.CANCELLED))

    text, html = write(Notice(kind=NoticeKind.CANCELLED, series=SERIES, version=off))

    assert SERIES.join_url not in text + html
    assert "line-through" in html


def test_an_operators_template_is_used() -> None:
    text, html = write(REMINDER, {"reminder/body.txt": "See {{ session.title }}: {{ preferences_url }}"})

    assert text == "See 스케일링 법칙 <b>: https://bell.example.org/me/example\n"
    assert "Session page" in html


def test_an_operators_template_can_change_one_block_of_the_bundled_one() -> None:
    override = '{% extends "bundled:reminder/body.txt" %}{% block foot %}Bye.{% endblock %}'

    text, _ = write(REMINDER, {"reminder/body.txt": override})

    assert text.startswith("Hello Kim Reader,")
    assert text.endswith("--\nBye.\n")


def test_a_broken_template_is_replaced_and_reported_once() -> None:
    stationery = make_stationery({"reminder/body.txt": "{{ sesion.title }}", "layout.html": "\n{{ nothing }}"})

    letter = compose(REMINDER, stationery, language="en", timezone="Asia/Seoul")

    assert letter.problems == (
        "reminder/body.txt:1: 'sesion' is undefined",
        "layout.html:2: 'nothing' is undefined",
    )
    mail = parse(letter.address(proof_addressee("https://bell.example.org"), sent_at=NOW))
    assert read_part(mail, "plain") == write(REMINDER)[0]


def test_no_template_can_put_a_name_into_a_confirmation() -> None:
    message = Confirmation(series=SERIES)

    assert write(message, {"confirmation/body.txt": "Hello {{ name }} {{ confirm_url }}"})[0].startswith(
        "Hello  https:"
    )


@pytest.mark.parametrize("message", [BROKEN, WAITING, SourceHealed(series=SERIES)])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_mail_to_the_organiser_names_the_series_and_links_its_page_and_belongs_to_no_list(
    message: Message, language: str
) -> None:
    letter = compose(message, STATIONERY, language=language, timezone="Asia/Seoul")
    text, html = write(message, language=language)

    assert letter.subject.endswith(f": {SERIES.title}")
    assert b"List-Id" not in letter.head
    assert b"Auto-Submitted: auto-generated\r\n" in letter.head
    assert SERIES.url in text
    assert f'href="{SERIES.url}"' in html
    assert "Kim Reader" not in text + html


@pytest.mark.parametrize("message", [BROKEN, WAITING])
def test_trouble_is_told_with_place_and_time_but_without_markup_and_addresses(message: Message) -> None:
    text, html = write(message)

    assert "일정/a.md:14:3: <b>g***@***</b> is no date\n" in text
    assert "일정/a.md:14:3: &lt;b&gt;g***@***&lt;/b&gt; is no date" in html
    assert "gil@example.org" not in text + html
    for part in (text, html):
        assert "Since Fri 23 February 2024, 21:00 (Korean Standard Time) the last good version stays published" in part


def test_an_edit_that_waits_is_told_with_what_shows_and_publishes_it() -> None:
    for part in write(WAITING):
        assert "more than 30% of the coming sessions" in part
        assert "studybell diff" in part
        assert "studybell accept reading" in part
        assert "undo the edit" in part


def test_a_document_that_cannot_be_read_has_nothing_to_accept() -> None:
    for part in write(BROKEN):
        assert "Please correct the document" in part
        assert "studybell accept" not in part
