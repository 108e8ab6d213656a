"""Occasions: what is owed for a session, when, and until when it helps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reminders.occasion import LAST_CALL, Audience, Occasion, list_occasions
from service.reminders.rule import Rule, parse_rules
from service.schedule.session import Session, Status, When
from service.schedule.version import Version

SEOUL = ZoneInfo("Asia/Seoul")
START = datetime(2024, 1, 27, 21, tzinfo=SEOUL)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = parse_rules("7d 1d 1h")
SEOULITES = Audience("Asia/Seoul", "")


def version(start: datetime = START, **fields: object) -> Version:
    session = Session(title="Scaling", when=When(start, start + 2 * HOUR))
    return Version(uid="a@b", session=replace(session, **fields), sequence=0, modified=start)  # type: ignore[arg-type]


def occasions(one: Version, audience: Audience = SEOULITES, rules: tuple[Rule, ...] = RULES) -> list[Occasion]:
    return list(list_occasions([one], [audience], rules))


def test_every_rule_is_due_once_and_helps_until_the_next() -> None:
    found = [(one.rule, START - one.due_at, START - one.expires_at) for one in occasions(version())]

    assert found == [("7d", 7 * DAY, DAY), ("1d", DAY, HOUR), ("1h", HOUR, LAST_CALL)]


def test_participants_with_lead_times_of_their_own_get_those() -> None:
    assert [one.rule for one in occasions(version(), Audience("Asia/Seoul", "2h 30m"))] == ["2h", "30m"]


def test_after_a_downtime_only_the_newest_reminder_still_helps() -> None:
    now = START - 3 * HOUR

    assert [one.rule for one in occasions(version()) if one.is_due(now)] == ["1d"]


def test_nothing_is_due_once_the_session_is_about_to_begin() -> None:
    assert not any(one.is_due(START - LAST_CALL) for one in occasions(version()))


def test_a_reminder_that_could_only_come_too_late_is_not_owed() -> None:
    assert occasions(version(), rules=(Rule(1, "m"), Rule(2, "m"))) == []


@pytest.mark.parametrize(
    "silent",
    [
        version(status=Status.CANCELLED),
        version(status=Status.BREAK),
        version(when=None),
        replace(version(), withdrawn=True),
    ],
)
def test_what_does_not_take_place_is_not_reminded_of(silent: Version) -> None:
    assert occasions(silent) == []


def test_an_all_day_session_is_reminded_of_in_the_morning_not_at_midnight() -> None:
    midnight = START.replace(hour=0)
    whole_day = version(when=When(midnight, midnight + DAY, all_day=True))

    (one,) = occasions(whole_day, rules=(Rule(1, "d"),))

    assert one.due_at == datetime(2024, 1, 26, 9, tzinfo=SEOUL)
    assert one.starts_at == midnight


def test_whoever_speaks_is_reminded_besides_by_rules_of_their_own() -> None:
    one = version(speakers=("Hana", "Duri"))

    found = list(list_occasions([one], [SEOULITES], RULES, parse_rules("14d 3d")))

    speaking = [(one.rule, START - one.due_at, START - one.expires_at) for one in found if one.speakers]
    assert speaking == [("14d", 14 * DAY, 3 * DAY), ("3d", 3 * DAY, LAST_CALL)]
    assert {one.speakers for one in found} == {(), ("Hana", "Duri")}
    assert [one.rule for one in found if not one.speakers] == ["7d", "1d", "1h"]


@given(
    st.lists(st.builds(Rule, st.integers(1, 60), st.sampled_from("wdhm")), max_size=6).map(tuple),
    st.sampled_from(["Asia/Seoul", "America/New_York", "Australia/Lord_Howe"]),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_at_any_instant_at_most_one_reminder_of_a_session_is_due(
    rules: tuple[Rule, ...], timezone: str, now: datetime
) -> None:
    start = datetime(2025, 3, 9, 12, tzinfo=SEOUL)
    found = occasions(version(start), Audience(timezone, ""), rules)

    assert sum(one.is_due(now) for one in found) <= 1
    assert all(one.due_at < one.expires_at <= start - LAST_CALL for one in found)
