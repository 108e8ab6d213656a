from dataclasses import replace
from datetime import timedelta

import pytest

from service.messages.compose import compose
from service.messages.message import (
    Confirmation,
    Digest,
    Known,
    Message,
    Notice,
    NoticeKind,
    Reminder,
    RowIncomplete,
    SendingResumed,
    SendingStopped,
    SourceBroken,
    SourceHealed,
    WeeklyReport,
    Welcome,
)
from service.messages.proof import proof_addressee
from service.messages.report import Entry, Figures, Stale
from service.reminders.gap import Missing
from service.reminders.rule import parse_rules
from service.reminders.week import Week
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version
from tests.messages.golden import NOW, SERIES, make_stationery, parse, read_part

WHEN = When(NOW, NOW)
SESSION = Session(title="스케일링 법칙 <b>", when=WHEN)
VERSION = Version(uid="0004@example.org", session=SESSION, sequence=0, modified=NOW)
REMINDER = Reminder(series=SERIES, version=VERSION, rule="1d", now=NOW)
BROKEN = SourceBroken(series=SERIES, trouble="일정/a.md:14:3: <b>gil@example.org</b> is no date", since=NOW)
WAITING = replace(BROKEN, waits=True)
STOPPED = SendingStopped(series=SERIES, reason="rcpt: 550 <gil@example.org>: <b>no</b>", since=NOW)
RESUMED = SendingResumed(series=SERIES, reason=STOPPED.reason, since=NOW, until=NOW)
WELCOME = Welcome(series=SERIES, versions=(VERSION,), rules=parse_rules("7d 1d@20:00"))
DIGEST = Digest(series=SERIES, week=Week.of(NOW, "Asia/Seoul"), versions=(VERSION,))
INCOMPLETE = RowIncomplete(series=SERIES, version=VERSION, missing=(Missing.SPEAKER, Missing.READING))
REPORT = WeeklyReport(
    series=replace(SERIES, slug="", title="bell.example.org"),
    week=DIGEST.week,
    entries=(Entry(SERIES, VERSION),),
    gaps=(Entry(SERIES, VERSION, (Missing.SPEAKER,)),),
    stale=(Stale(SERIES, NOW),),
    figures=Figures(people=12, came=2, left=1, sent=34, failed=5),
)
MESSAGES: list[Message] = [
    REMINDER,
    Notice(kind=NoticeKind.MOVED, series=SERIES, version=VERSION),
    Confirmation(series=SERIES),
    Known(series=SERIES),
    BROKEN,
    SourceHealed(series=SERIES),
    STOPPED,
    RESUMED,
    INCOMPLETE,
    REPORT,
    WELCOME,
    DIGEST,
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
            [{"unsubscribe_url", "preferences_url"}] * 2
            + [{"confirm_url"}, {"preferences_url"}, set(), set(), set(), set(), set(), set()]
            + [{"unsubscribe_url", "preferences_url"}] * 2,
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


@pytest.mark.parametrize("message", [BROKEN, WAITING, SourceHealed(series=SERIES), STOPPED, RESUMED])
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


@pytest.mark.parametrize("message", [STOPPED, RESUMED])
def test_what_the_relay_said_is_told_without_markup_and_addresses(message: Message) -> None:
    text, html = write(message)

    assert "rcpt: 550 <g***@***>: <b>no</b>\n" in text
    assert "550 &lt;g***@***&gt;: &lt;b&gt;no&lt;/b&gt;" in html
    assert "Fri 23 February 2024, 21:00 (Korean Standard Time)" in text
    assert "studybell deliveries list --state expired" in text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_session_without_title_is_called_by_what_is_known_of_it(language: str) -> None:
    names = {}
    for number, type in (("4", "talk"), ("4", ""), ("", "")):
        session = replace(SESSION, title="", number=number, type=type)
        letter = compose(
            replace(REMINDER, version=replace(VERSION, session=session)),
            STATIONERY,
            language=language,
            timezone="Asia/Seoul",
        )
        names[number, type] = letter.subject.removesuffix(f" · {SERIES.title}")

    session_4 = {"en": "Session 4", "ko": "4회차"}[language]
    assert names == {("4", "talk"): "talk", ("4", ""): session_4, ("", ""): SERIES.title}


def test_a_welcome_tells_what_is_ahead_when_reminders_come_and_where_the_feed_is() -> None:
    text, html = write(replace(WELCOME, more=4))

    for part in (text, html):
        assert "Fri 23 February 2024" in part
        assert "A reminder of every session: 7 days before, 1 day before at 20:00." in part
        assert "and 4 more" in part
        assert f"{SERIES.url}.ics" in part
        assert f"{SERIES.url}/subscribe" in part


def test_a_welcome_names_lead_times_in_korean_too() -> None:
    assert "알림을 보내 드립니다: 7일 전, 1일 전 20:00." in write(WELCOME, language="ko")[0]


def test_a_welcome_to_a_series_without_sessions_says_so() -> None:
    text, html = write(replace(WELCOME, versions=()))

    for part in (text, html):
        assert "No session is announced at the moment." in part
        assert "These sessions are ahead" not in part


def test_a_digest_counts_what_takes_place_and_marks_what_does_not() -> None:
    off = replace(VERSION, session=replace(SESSION, title="Off", status=Status.CANCELLED))
    put_off = replace(
        VERSION, session=replace(SESSION, title="Late", when=WHEN.move(NOW + timedelta(days=9))), moved_from=NOW
    )

    for part in write(replace(DIGEST, versions=(VERSION, off, put_off))):
        assert "One session takes place in the week from Mon 19 February 2024." in part
        assert part.count("Cancelled") >= 1
        assert part.count("Moved") >= 1
        assert "Before: " in part


def test_a_digest_of_a_week_that_has_emptied_says_so() -> None:
    for part in write(replace(DIGEST, versions=())):
        assert "No session takes place in the week from Mon 19 February 2024." in part


def test_a_move_of_long_ago_is_no_news_in_a_digest() -> None:
    long_ago = NOW - timedelta(days=60)
    moved = replace(VERSION, moved_from=long_ago, modified=long_ago)

    assert "Before" not in write(replace(DIGEST, versions=(moved,)))[0]
    assert "Before" in write(replace(DIGEST, versions=(replace(moved, modified=NOW - timedelta(days=6)),)))[0]


def test_a_speaker_gets_a_list_to_check_and_a_listener_does_not() -> None:
    text, html = write(replace(REMINDER, speaking=True))

    for part in (text, html):
        assert "Before you present" in part
        assert "You can get in online" in part
        assert "Nothing to read is announced" in part
        assert "Answer this mail: it goes to the organiser." in part
    assert "Before you present" not in write(REMINDER)[0]


@pytest.mark.parametrize(("language", "words"), [("en", "speaker, something to read"), ("ko", "발표자, 읽을거리")])
def test_a_row_that_is_not_complete_is_told_with_what_it_lacks(language: str, words: str) -> None:
    for part in write(INCOMPLETE, language=language):
        assert words in part
        assert "스케일링 법칙" in part


def test_a_report_tells_what_is_ahead_what_wants_care_and_how_the_week_was() -> None:
    text, html = write(REPORT)

    for part in (text, html):
        for words in ("Sessions this week", "Missing: speaker", "since Fri 23 February 2024, 21:00", SERIES.title):
            assert words in part
        assert "12 (+2 / −1)" in part
        assert "--state failed" in part
        assert "weekly_report = false" in part
    assert "Mails sent: 34\n" in text


def test_a_report_of_a_quiet_week_names_no_trouble() -> None:
    quiet = replace(REPORT, entries=(), gaps=(), stale=(), figures=Figures(people=12, sent=34))

    for part in write(quiet):
        assert "There is no session this week." in part
        for words in ("Rows that are not complete", "Documents with a problem", "What went wrong"):
            assert words not in part


@pytest.mark.parametrize(
    ("message", "urgent"),
    [
        (REMINDER, "in 1 minute"),
        (Notice(kind=NoticeKind.MOVED, series=SERIES, version=VERSION), "This session has a new time."),
        (WELCOME, "Fri 23 February 2024, 21:00"),
        (DIGEST, "Fri 23 February 2024"),
        (BROKEN, "일정/a.md:14:3"),
        (STOPPED, "rcpt: 550"),
        (INCOMPLETE, "speaker, something to read"),
        (REPORT, "Fri 23 February 2024"),
    ],
)
def test_what_is_urgent_is_what_an_inbox_shows_beside_the_subject(message: Message, urgent: str) -> None:
    _, html = write(message)

    preheader = html.partition('class="preheader"')[2].partition("</div>")[0]
    assert urgent in preheader
