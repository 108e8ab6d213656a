from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.messages.catalog import ENGLISH
from service.messages.message import Confirmation, Message, Notice, NoticeKind, Reminder, SourceBroken
from service.messages.session_view import Reader, SessionView
from service.messages.shortening import shorten
from service.messages.view import view_message
from service.schedule.series import Series
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version

SEOUL = ZoneInfo("Asia/Seoul")
STARTS = datetime(2024, 2, 24, 21, tzinfo=SEOUL)
SERIES = Series(
    slug="reading", title="Reading", language="ko", timezone="Asia/Seoul", url="https://bell.example.org/reading"
)
SESSION = Session(title="Scaling laws", when=When(STARTS, STARTS + timedelta(hours=2)))


def version(session: Session, *, withdrawn: bool = False) -> Version:
    return Version(uid="0004@example.org", session=session, sequence=0, modified=STARTS, withdrawn=withdrawn)


def remind(session: Session, *, series: Series = SERIES, now: datetime = STARTS - timedelta(days=1)) -> Reminder:
    return Reminder(series=series, version=version(session), rule="1d", now=now)


def view(message: Message, *, timezone: str = "Asia/Seoul") -> dict[str, object]:
    return view_message(message, Reader(ENGLISH, timezone))


def view_session(session: Session, *, series: Series = SERIES, timezone: str = "Asia/Seoul") -> SessionView:
    shown = view(remind(session, series=series), timezone=timezone)["session"]
    assert isinstance(shown, SessionView)
    return shown


def test_a_session_is_told_in_the_readers_zone() -> None:
    shown = view_session(SESSION, timezone="Europe/Berlin")

    assert (shown.day, shown.hours, shown.zone) == (
        "Sat 24 February 2024",
        "13:00–15:00",
        "Central European Standard Time",
    )
    assert shown.when == "Sat 24 February 2024, 13:00–15:00 (Central European Standard Time)"
    assert shown.url == "https://bell.example.org/reading#0004"


def test_a_whole_day_has_only_its_day() -> None:
    midnight = STARTS.replace(hour=0)
    shown = view_session(replace(SESSION, when=When(midnight, midnight + timedelta(days=2), all_day=True)))

    assert (shown.day, shown.hours, shown.zone) == ("Sat 24 February 2024 – Sun 25 February 2024", "", "")


def test_a_session_without_date_has_no_time() -> None:
    shown = view_session(replace(SESSION, when=None))

    assert (shown.when, shown.day, shown.hours, shown.zone) == ("", "", "", "")
    assert view(remind(replace(SESSION, when=None)))["until"] == ""


@pytest.mark.parametrize(
    ("number", "count", "label"),
    [("4", "4", ""), ("9&10", "9&10", ""), ("OT", "", "OT"), ("제1강", "", "제1강"), ("", "", "")],
)
def test_only_a_number_is_counted_with(number: str, count: str, label: str) -> None:
    shown = view_session(replace(SESSION, number=number))

    assert (shown.count, shown.label) == (count, label)


def test_a_place_that_is_an_address_is_where_to_join() -> None:
    online = view_session(replace(SESSION, place="https://meet.example.org/x"))
    at_home = view_session(SESSION, series=replace(SERIES, location="Room 1", join_url="https://meet.example.org/y"))

    assert (online.place, online.join_url, online.join_label) == (
        "",
        "https://meet.example.org/x",
        "meet.example.org/x",
    )
    assert (at_home.place, at_home.join_url) == ("Room 1", "https://meet.example.org/y")


def test_a_link_without_words_is_called_by_its_address_and_only_the_web_is_linked() -> None:
    links = (Link("https://www.example.org/paper/"), Link("https://example.org/", "Paper"), Link("javascript:alert(1)"))

    shown = view_session(replace(SESSION, links=links))

    assert [link.label for link in shown.links] == ["example.org/paper", "Paper"]


def test_words_that_fill_their_cells_are_cut_for_the_page_has_them() -> None:
    long, address = "읽을거리 " * 400, "https://example.org/" + "a" * 1000
    links = (Link(address), *(Link(f"https://example.org/{number}", long) for number in range(20)))

    shown = view_session(
        replace(SESSION, title=long, type=long, affiliation=long, place=long, note=long, speakers=(long,), links=links)
    )

    for words in (shown.title, shown.type, shown.affiliation, shown.place, shown.speakers, shown.links[0].words):
        assert len(words) < 200
        assert words.endswith("…")
    assert 500 < len(shown.note) < 1000
    assert [link.url for link in shown.links] == [f"https://example.org/{number}" for number in range(10)]


def test_a_cancelled_or_withdrawn_session_is_off() -> None:
    off = view(Notice(kind=NoticeKind.CANCELLED, series=SERIES, version=version(SESSION, withdrawn=True)))["session"]

    assert isinstance(off, SessionView)
    assert off.is_off
    assert view_session(replace(SESSION, status=Status.CANCELLED)).is_off
    assert not view_session(replace(SESSION, status=Status.TENTATIVE)).is_off


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2024, 2, 22, 23, tzinfo=SEOUL), "in 2 days"),
        (datetime(2024, 2, 23, 9, tzinfo=SEOUL), "in 1 day"),
        (datetime(2024, 2, 23, 20, tzinfo=UTC), "today"),
        (datetime(2024, 2, 24, 9, tzinfo=SEOUL), "today"),
    ],
)
def test_a_whole_day_is_so_many_days_away_whatever_the_clock_says(now: datetime, words: str) -> None:
    midnight = STARTS.replace(hour=0)
    session = replace(SESSION, when=When(midnight, midnight + timedelta(days=1), all_day=True))

    assert view(remind(session, now=now))["until"] == words


def test_a_notice_tells_the_time_before_only_if_it_was_another() -> None:
    earlier = replace(SESSION, when=When(STARTS - timedelta(hours=1), STARTS))
    moved = Notice(kind=NoticeKind.MOVED, series=SERIES, version=version(SESSION), before=version(earlier))
    off = Notice(
        kind=NoticeKind.CANCELLED, series=SERIES, version=version(SESSION, withdrawn=True), before=version(earlier)
    )
    same = Notice(kind=NoticeKind.RESTORED, series=SERIES, version=version(SESSION), before=version(SESSION))

    assert view(moved)["before"] == "Sat 24 February 2024, 20:00–21:00 (Korean Standard Time)"
    assert view(same)["before"] == view(off)["before"] == ""


def test_a_confirmation_knows_the_series_and_nothing_else() -> None:
    assert view(Confirmation(series=SERIES)).keys() == {"catalog", "language", "series"}


def test_trouble_is_one_clean_line_without_addresses() -> None:
    trouble = "a.md:1:1:\r\n\ufffename\uffff of gil\ufffe@example.org"

    shown = view(SourceBroken(series=SERIES, trouble=trouble, since=STARTS), timezone="Europe/Berlin")

    assert shown["trouble"] == "a.md:1:1: name of g***@***"
    assert shown["since"] == "Sat 24 February 2024, 13:00 (Central European Standard Time)"


@given(st.text("a가 ,", max_size=90), st.integers(2, 80))
def test_a_shortened_text_fits_its_columns(text: str, columns: int) -> None:
    short = shorten(text, columns)

    width = sum(2 if character == "가" else 1 for character in short)
    assert width <= columns
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_a_text_is_cut_between_words_if_they_are_short() -> None:
    assert shorten("Scaling laws for neural language models", 20) == "Scaling laws for…"
    assert shorten("가나다라마바사아", 9) == "가나다라…"
    assert shorten("가나다라", 8) == "가나다라"
