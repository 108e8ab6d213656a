"""The cadence gives days to what has none, and never to a day that is skipped."""

from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.schedule.arrangement import arrange
from service.schedule.cadence import Cadence, OnSkip
from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.document import read_document
from service.schedule.entry import Document, Entry
from service.schedule.session import Status

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
START = date(2024, 1, 27)


def document(*entries: Entry, begins: date | None = None) -> Document:
    return Document(title="t", language="en", timezone="", entries=entries, begins=begins)


def undated(count: int) -> Document:
    return document(*(Entry(line=index + 1, column=1, title=f"s{index}", number=str(index)) for index in range(count)))


def days(found: Document, cadence: Cadence) -> list[str | None]:
    return [str(session.when.starts.date()) if session.when else None for session in arrange(found, cadence).sessions]


def season(weeks: int = 21, indent: str = "  ") -> Document:
    rows = "".join(f"{week} 주차 | 주제 {week} | 한봄\n" for week in range(1, weeks + 1))
    return read_document(f"# 시즌\n\n## 기간 (예정)\n- 2024 1/27 ~\n\n{indent}| 주제 | 발표자\n-- | -- | --\n{rows}")


@pytest.mark.parametrize("indent", ["", "  ", "\u00a0  "], ids=["flush", "blanks", "no-break space"])
def test_a_season_starts_on_the_day_that_its_text_names(indent: str) -> None:
    found = days(season(indent=indent), Cadence(timezone=SEOUL))
    assert (found[0], found[-1], len(found)) == ("2024-01-27", "2024-06-15", 21)


def test_several_sessions_a_week_fall_on_their_weekdays_and_a_pause_is_passed_over() -> None:
    skip = frozenset(date(2024, 2, day) for day in range(5, 12))
    tuesdays_and_thursdays = frozenset({1, 3})
    cadence = Cadence(timezone=SEOUL, starts_on=date(2024, 1, 30), every=tuesdays_and_thursdays, skip=skip)

    assert days(undated(5), cadence) == ["2024-01-30", "2024-02-01", "2024-02-13", "2024-02-15", "2024-02-20"]


def test_korean_holidays_move_the_rest_of_the_season() -> None:
    found = days(season(), Cadence(timezone=SEOUL, holidays="KR"))
    assert found[:4] == ["2024-01-27", "2024-02-03", "2024-02-17", "2024-02-24"]
    assert found[-1] == "2024-06-22"


def test_dropping_keeps_the_calendar_and_marks_the_session_as_a_break() -> None:
    schedule = arrange(season(), Cadence(timezone=SEOUL, holidays="KR", on_skip=OnSkip.DROP))
    assert [session.number for session in schedule.sessions if session.status is Status.BREAK] == ["3"]
    assert days(season(), Cadence(timezone=SEOUL, holidays="KR", on_skip=OnSkip.DROP))[-1] == "2024-06-15"
    assert [remark.code for remark in schedule.diagnostics] == ["session-dropped"]


def test_settings_win_over_the_text_and_dates_in_the_document_win_over_settings() -> None:
    assert days(season(2), Cadence(timezone=SEOUL, starts_on=date(2024, 3, 1)))[0] == "2024-03-01"
    mixed = document(
        Entry(line=1, column=1, title="a"),
        Entry(line=2, column=1, title="b", day=date(2024, 3, 8)),
        Entry(line=3, column=1, title="c"),
    )
    assert days(mixed, Cadence(timezone=SEOUL, starts_on=START)) == ["2024-01-27", "2024-03-08", "2024-03-15"]


def test_without_a_start_undated_sessions_stay_undated_and_are_named() -> None:
    schedule = arrange(undated(2), Cadence(timezone=SEOUL))
    assert [session.when for session in schedule.sessions] == [None, None]
    assert [(remark.code, remark.line) for remark in schedule.diagnostics] == [("date-missing", 1), ("date-missing", 2)]


def test_a_session_whose_day_is_open_gets_none() -> None:
    found = document(Entry(line=1, column=1, title="a", day_open=True), Entry(line=2, column=1, title="b"))
    assert days(found, Cadence(timezone=SEOUL, starts_on=START)) == [None, "2024-01-27"]


def test_sessions_with_the_same_number_share_their_day() -> None:
    found = document(*(Entry(line=1, column=1, title=t, number=n) for t, n in (("a", "1"), ("b", "1"), ("c", "2"))))
    assert days(found, Cadence(timezone=SEOUL, starts_on=START)) == ["2024-01-27", "2024-01-27", "2024-02-03"]


def test_without_a_time_a_session_lasts_all_day() -> None:
    when = arrange(undated(1), Cadence(timezone=SEOUL, starts_on=START)).sessions[0].when
    assert when is not None
    assert when.all_day
    assert (when.starts.isoformat(), when.ends.isoformat()) == (
        "2024-01-27T00:00:00+09:00",
        "2024-01-28T00:00:00+09:00",
    )


def test_the_time_comes_from_the_row_then_from_the_settings() -> None:
    found = document(
        Entry(line=1, column=1, title="a", day=START, begins=time(19), ends=time(20, 30)),
        Entry(line=2, column=1, title="b", day=START),
        Entry(line=3, column=1, title="c", day=START, begins=time(23), ends=time(1)),
        Entry(line=4, column=1, title="d", day=START, begins=time(9), duration=timedelta(minutes=45)),
    )
    sessions = arrange(found, Cadence(timezone=SEOUL, starts_at=time(21), duration=timedelta(hours=1))).sessions
    spans = [f"{s.when.starts:%d %H:%M}-{s.when.ends:%d %H:%M}" for s in sessions if s.when]
    assert spans == ["27 19:00-27 20:30", "27 21:00-27 22:00", "27 23:00-28 01:00", "27 09:00-27 09:45"]


def test_a_time_in_another_zone_is_told_in_the_schedules_own() -> None:
    entry = Entry(line=1, column=1, title="a", day=START, begins=time(14, 30), zone=ZoneInfo("America/New_York"))
    when = arrange(document(entry), Cadence(timezone=SEOUL)).sessions[0].when
    assert when is not None
    assert when.starts.isoformat() == "2024-01-28T04:30:00+09:00"
    assert when.starts.tzinfo == SEOUL


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (date(2024, 3, 31), time(2, 30), "2024-03-31T03:30:00+02:00"),  # skipped: the offset before the gap
        (date(2024, 10, 27), time(2, 30), "2024-10-27T02:30:00+02:00"),  # repeated: the first of the two
    ],
    ids=["gap", "overlap"],
)
def test_clock_changes_are_read_as_rfc_5545_says(day: date, clock: time, expected: str) -> None:
    entry = Entry(line=1, column=1, title="a", day=day, begins=clock)
    when = arrange(document(entry), Cadence(timezone=BERLIN)).sessions[0].when
    assert when is not None
    assert when.starts.isoformat() == expected
    assert when.ends.astimezone(UTC) - when.starts.astimezone(UTC) == timedelta(hours=2)


def test_an_unknown_country_is_an_error_but_loses_no_session() -> None:
    schedule = arrange(undated(2), Cadence(timezone=SEOUL, starts_on=START, holidays="ZZZ"))
    assert [remark.code for remark in schedule.diagnostics] == ["holidays-unknown"]
    assert all(session.when for session in schedule.sessions)


def test_a_calendar_that_skips_every_day_ends() -> None:
    every_day = frozenset(START + timedelta(days=index) for index in range(8000))
    assert days(undated(2), Cadence(timezone=SEOUL, starts_on=START, skip=every_day)) == [None, None]


SKIPS = st.frozensets(st.integers(0, 40).map(lambda weeks: START + timedelta(weeks=weeks)), max_size=12)
COUNTS = st.integers(1, 30)


@settings(max_examples=40, deadline=None)
@given(count=COUNTS, skip=SKIPS, every=st.sampled_from([7, 14]))
def test_shifting_keeps_the_count_and_rises_past_every_skipped_day(
    count: int, skip: frozenset[date], every: int
) -> None:
    cadence = Cadence(timezone=SEOUL, starts_on=START, skip=skip, every=timedelta(days=every))
    found = [s.when.starts.date() for s in arrange(undated(count), cadence).sessions if s.when and s.meets]
    assert len(found) == count
    assert found == sorted(set(found))
    assert not skip & set(found)


@settings(max_examples=40, deadline=None)
@given(count=COUNTS, skip=SKIPS)
def test_dropping_keeps_every_other_session_on_its_day(count: int, skip: frozenset[date]) -> None:
    cadence = Cadence(timezone=SEOUL, starts_on=START, skip=skip, on_skip=OnSkip.DROP)
    sessions = arrange(undated(count), cadence).sessions
    assert [s.when.starts.date() for s in sessions if s.when] == [
        START + timedelta(weeks=week) for week in range(count)
    ]
    assert {s.when.starts.date() for s in sessions if s.when and s.meets}.isdisjoint(skip)


def test_a_time_in_the_text_is_remarked_on_until_the_settings_say_it() -> None:
    remark = Diagnostic(3, 1, Severity.NOTE, "time-in-prose", "m")
    found = Document(title="t", language="en", timezone="", entries=(), diagnostics=(remark,))
    assert arrange(found, Cadence(timezone=SEOUL)).diagnostics == (remark,)
    assert arrange(found, Cadence(timezone=SEOUL, starts_at=time(19))).diagnostics == ()


def test_a_short_session_in_the_hour_that_comes_twice_ends_after_it_starts() -> None:
    night = Entry(
        line=1, column=1, title="x", day=date(2024, 10, 27), begins=time(2, 45), duration=timedelta(minutes=30)
    )
    (session,) = arrange(document(night), Cadence(timezone=BERLIN)).sessions
    assert session.when
    assert session.when.ends.astimezone(UTC) - session.when.starts.astimezone(UTC) == timedelta(minutes=30)
