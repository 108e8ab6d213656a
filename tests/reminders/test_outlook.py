"""The outlook: how many people each reminder will go to."""

from datetime import UTC, datetime

from service.reminders.occasion import Audience
from service.reminders.outlook import Absence, Crowd, foresee
from service.reminders.rule import parse_rules
from tests.store.season import MINUTE, START, VERSION

SEOUL, BERLIN = Audience("Asia/Seoul", ""), Audience("Europe/Berlin", "3h")
RULES = parse_rules("1d 1h")


def test_everybody_is_counted_by_when_they_are_reminded() -> None:
    found = list(foresee([VERSION], Crowd({SEOUL: 12, BERLIN: 3}, {}), RULES))

    assert [(one.occasion.audience, one.occasion.rule, one.count) for one in found] == [
        (SEOUL, "1d", 12),
        (SEOUL, "1h", 12),
        (BERLIN, "3h", 3),
    ]
    assert found[1].occasion.due_at == (START - 60 * MINUTE).astimezone(UTC)
    assert found[0].version is VERSION


def test_of_a_reminder_to_speakers_only_those_count_who_speak() -> None:
    names = {(SEOUL, "이하나"): 1, (BERLIN, "박두리"): 2, (SEOUL, "somebody"): 4}

    found = foresee([VERSION], Crowd({SEOUL: 12, BERLIN: 3}, names), (), parse_rules("14d"))

    assert [(one.occasion.rule, one.count) for one in found if one.occasion.speakers] == [("14d", 1), ("14d", 2)]


def test_whoever_has_paused_does_not_count_until_the_pause_is_over() -> None:
    names = {(SEOUL, "이하나"): 1}
    absent = [Absence(audience=SEOUL, name=name, until=START - 120 * MINUTE) for name in ("이하나", "somebody")]
    crowd = Crowd({SEOUL: 12, BERLIN: 3}, names, absent)

    found = foresee([VERSION], crowd, RULES, parse_rules("14d 30m"))

    assert [(one.occasion.rule, bool(one.occasion.speakers), one.count) for one in found] == [
        ("1d", False, 10), ("1h", False, 12), ("30m", True, 1), ("3h", False, 3),
    ]  # fmt: skip


def test_what_concerns_nobody_is_not_foreseen() -> None:
    assert list(foresee([VERSION], Crowd({SEOUL: 12}, {}), (), parse_rules("14d"))) == []
    assert list(foresee([VERSION], Crowd({}, {}), RULES)) == []


def test_instants_are_utc() -> None:
    [first, _] = foresee([VERSION], Crowd({SEOUL: 1}, {}), RULES)

    assert first.occasion.due_at == datetime(2024, 1, 26, 12, tzinfo=UTC)
