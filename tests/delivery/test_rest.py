"""The rest: when the relay is left alone, for how long, and what ends it."""

from datetime import UTC, datetime, timedelta

import pytest

from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.rest import Rest, Trouble

NOW = datetime(2024, 1, 26, 12, tzinfo=UTC)
UNSENT = Outcome(Verdict.UNSENT, Phase.MAIL, text="busy")


def test_one_line_that_broke_is_no_reason_to_rest() -> None:
    rest = Rest(patience=4)

    for _ in range(4):
        rest.note(UNSENT, NOW)

    assert not rest.is_on(NOW)


def test_more_misses_in_a_row_than_there_are_lines_are() -> None:
    rest = Rest(patience=4)

    for _ in range(5):
        rest.note(UNSENT, NOW)

    assert rest.is_on(NOW)
    assert not rest.is_on(NOW + timedelta(seconds=5))


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.REFUSED, Verdict.DOUBTFUL])
def test_whatever_the_relay_says_to_a_mail_ends_the_trouble(verdict: Verdict) -> None:
    rest = Rest(patience=4)
    rest.begin(UNSENT, NOW)

    rest.note(Outcome(verdict, Phase.DOT), NOW)

    assert rest.trouble is None


def test_a_second_miss_after_a_rest_prolongs_it_at_once() -> None:
    rest = Rest(patience=4)
    rest.begin(UNSENT, NOW)
    later = NOW + timedelta(seconds=5)

    rest.note(UNSENT, later)

    assert rest.trouble
    assert (rest.trouble.since, rest.trouble.until) == (NOW, later + timedelta(seconds=10))


def test_a_person_is_told_when_it_lasts_or_no_waiting_cures_it() -> None:
    ill = Outcome(Verdict.UNSENT, Phase.AUTH, 535, permanent_setup=True)
    minute = timedelta(minutes=1)

    assert not Trouble(NOW, UNSENT, minute, NOW + minute).is_lasting(NOW + 9 * minute)
    assert Trouble(NOW, UNSENT, minute, NOW + minute).is_lasting(NOW + 10 * minute)
    assert Trouble(NOW, ill, minute, NOW + minute).is_lasting(NOW)
