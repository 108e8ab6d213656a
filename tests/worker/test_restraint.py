"""Restraint: nothing is sent from a copy, by a clock that cannot be right, into a full disk or unknown tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.store.home import RESTORED, Home, Memory, Pulse
from service.worker.restraint import LEAST_FREE, Cause, Restraint, Scene, find_restraint

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = Home("one machine", "file 7")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALIVE = Pulse(count=5, at=NOW - HOUR, boot="this run", uptime=10 * HOUR)
MEMORY = Memory("0002", HERE, ALIVE)
SCENE = Scene(now=NOW, uptime=11 * HOUR, boot="this run", home=HERE, count=5, free=LEAST_FREE, schema="0002")


def cause(memory: Memory = MEMORY, **scene: object) -> Cause | None:
    found = find_restraint(memory, replace(SCENE, **scene))  # type: ignore[arg-type]
    return found.cause if found else None


def test_a_service_that_is_at_home_and_on_time_is_free() -> None:
    assert find_restraint(MEMORY, SCENE) is None


def test_a_new_database_has_no_home_yet_and_nothing_to_fear() -> None:
    assert find_restraint(Memory("0002", None, None), replace(SCENE, count=99)) is None


@pytest.mark.parametrize(
    "home",
    [RESTORED, Home("one machine", "file 8"), Home("another machine", "file 7")],
)
def test_a_database_that_remembers_another_home_is_a_copy(home: Home) -> None:
    assert cause(replace(MEMORY, home=home)) is Cause.COPY


@pytest.mark.parametrize("home", [Home("", "file 7"), HERE])
def test_a_machine_without_a_name_is_no_other_machine(home: Home) -> None:
    assert cause(replace(MEMORY, home=home)) is None
    assert cause(MEMORY, home=Home("", "file 7")) is None


def test_a_folder_that_remembers_more_than_its_database_tells_of_an_earlier_state() -> None:
    assert cause(count=6) is Cause.COPY
    assert cause(count=4) is None, "a power cut between the two"


@pytest.mark.parametrize("step", [-HOUR, -timedelta(minutes=1), timedelta(minutes=1), HOUR, 23 * HOUR])
def test_a_clock_that_is_set_right_by_some_hours_stops_nobody(step: timedelta) -> None:
    assert cause(now=NOW + step) is None


@pytest.mark.parametrize("step", [-3650 * DAY, -2 * DAY, 2 * DAY, 3650 * DAY])
def test_a_clock_that_leaps_by_days_while_the_machine_runs_is_doubted(step: timedelta) -> None:
    assert cause(now=NOW + step) is Cause.CLOCK


@pytest.mark.parametrize("asleep", [8 * HOUR, 90 * DAY])
def test_a_machine_that_slept_did_not_leap(asleep: timedelta) -> None:
    assert cause(now=NOW + asleep, uptime=SCENE.uptime + asleep) is None


@pytest.mark.parametrize(("away", "doubted"), [(DAY, False), (29 * DAY, False), (32 * DAY, True), (3650 * DAY, True)])
def test_a_machine_that_was_off_may_have_been_so_for_a_month(away: timedelta, doubted: bool) -> None:
    assert cause(now=NOW + away, boot="another run", uptime=HOUR) is (Cause.CLOCK if doubted else None)


def test_a_machine_that_wakes_before_its_last_sign_of_life_has_a_wrong_clock() -> None:
    assert cause(now=NOW - 2 * DAY, boot="another run", uptime=HOUR) is Cause.CLOCK
    assert cause(now=NOW - 2 * HOUR, boot="another run", uptime=HOUR) is None


@pytest.mark.parametrize(("missing", "is_full"), [(0, False), (1, True)])
def test_the_last_64_mib_of_the_disk_are_for_what_is_under_way(missing: int, is_full: bool) -> None:
    assert cause(free=LEAST_FREE - missing) is (Cause.DISK if is_full else None)


def test_tables_that_a_newer_studybell_has_changed_are_not_touched() -> None:
    found = find_restraint(replace(MEMORY, schema="0003"), replace(SCENE, free=0))

    assert found
    assert (found.cause, found.lets_read) == (Cause.SCHEMA, False)


@pytest.mark.parametrize(
    ("restraint", "words"),
    [
        (find_restraint(replace(MEMORY, home=RESTORED), SCENE), "restored or copied.*studybell resume"),
        (find_restraint(MEMORY, replace(SCENE, now=NOW + 10 * DAY)), "10.0 days on in a moment.*studybell resume"),
        (find_restraint(MEMORY, replace(SCENE, free=3 << 20)), "only 3 MiB are free.*free 64 MiB"),
    ],
)
def test_everybody_is_told_what_to_do(restraint: Restraint, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(restraint.words)
