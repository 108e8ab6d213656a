"""The brake: what pulls it and what does not, who is owed a mail again, and how it is let go."""

from datetime import UTC, datetime, timedelta

import pytest

from service.delivery.brake import Brake, Go, Halt, name_refusal
from service.delivery.outcome import Outcome, Phase, Verdict
from service.store.lanes import HELD_BACK, Lane
from service.store.ledger import Delivery, DeliveryState, Kind
from tests.delivery.office import ACCEPTED

NOW = datetime(2024, 1, 26, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def refuse(text: str, enhanced: str = "5.7.1", code: int = 550) -> Outcome:
    return Outcome(Verdict.REFUSED, Phase.RCPT, code, enhanced, text)


POLICY = refuse("mails from your network are not wanted [id 81723]")
NOBODY = refuse("no such user", "5.1.1")


def owe(number: int, kind: Kind = Kind.REMINDER, reason: str = "") -> Delivery:
    return Delivery(
        id=number,
        kind=kind,
        series="season",
        participant_id=number,
        session="",
        starts_at=NOW,
        rule="",
        told_at=None,
        note="",
        due_at=NOW,
        next_at=NOW,
        expires_at=NOW + timedelta(hours=8),
        state=DeliveryState.CLAIMED,
        reason=reason,
        owner="me",
        attempts=0,
        doubts=0,
        address=f"reader{number}@example.org",
        name="",
        language="en",
        timezone="UTC",
        generation=0,
    )


def attempt(brake: Brake, number: int, outcome: Outcome, now: datetime) -> Halt | Go | None:
    """Try one mail of a held lane."""
    brake.begin_tries([owe(number)])
    return brake.weigh(owe(number), outcome, now)


def pull(brake: Brake, kind: Kind = Kind.REMINDER, now: datetime = NOW) -> Halt:
    """Ten refusals in a row; the last pulls the brake."""
    *before, last = [brake.weigh(owe(number, kind), POLICY, now) for number in range(1, 11)]
    assert before == [None] * 9
    assert isinstance(last, Halt)
    return last


def test_ten_different_recipients_in_a_row_pull_it_and_are_owed_their_mail_again() -> None:
    brake = Brake()

    halt = pull(brake)

    assert [delivery.id for delivery in halt.refused] == list(range(1, 11))
    assert (halt.hold.lane, halt.hold.until) == (Lane.REMINDERS, NOW + 5 * MINUTE)
    assert halt.hold.reason == "rcpt: 550 5.7.1 mails from your network are not wanted [id 81723]"
    assert brake.held == {Lane.REMINDERS: halt.hold}


def test_one_recipient_who_is_refused_ten_times_does_not() -> None:
    brake = Brake()

    assert [brake.weigh(owe(1), POLICY, NOW) for _ in range(30)] == [None] * 30


@pytest.mark.parametrize("other", [ACCEPTED, NOBODY, refuse("too much spam")])
def test_a_row_is_broken_by_a_mail_that_is_accepted_or_refused_otherwise(other: Outcome) -> None:
    brake = Brake()
    for number in range(1000):
        brake.weigh(owe(number), ACCEPTED, NOW)

    for number in range(30):
        outcome = other if number % 9 == 8 else POLICY
        assert brake.weigh(owe(number), outcome, NOW) is None


@pytest.mark.parametrize("verdict", [Verdict.DEFERRED, Verdict.UNSENT, Verdict.DOUBTFUL, Verdict.WITHDRAWN])
def test_what_is_no_answer_to_a_mail_neither_breaks_a_row_nor_counts(verdict: Verdict) -> None:
    brake = Brake()
    for number in range(9):
        brake.weigh(owe(number), POLICY, NOW)
        assert brake.weigh(owe(100 + number), Outcome(verdict, Phase.RCPT, 451, "4.7.1", "later"), NOW) is None

    assert brake.weigh(owe(9), POLICY, NOW)


def test_a_dead_address_is_its_owners_affair_however_many_there_are() -> None:
    brake = Brake()

    assert {brake.weigh(owe(number), NOBODY, NOW) for number in range(100)} == {None}


@pytest.mark.parametrize(("of", "is_pulled"), [(19, True), (21, False)])
def test_more_than_a_twentieth_within_five_minutes_pulls_it(of: int, is_pulled: bool) -> None:
    brake = Brake()

    decisions = [
        brake.weigh(owe(number), POLICY if number % of == of - 1 else ACCEPTED, NOW) for number in range(of * 10)
    ]

    assert any(isinstance(decision, Halt) for decision in decisions) is is_pulled


def test_refusals_of_long_ago_are_forgotten() -> None:
    brake = Brake()

    for number in range(90):
        outcome = POLICY if number % 9 == 8 else ACCEPTED
        assert brake.weigh(owe(number), outcome, NOW + number * MINUTE) is None


def test_mails_that_were_on_their_way_when_it_was_pulled_are_owed_again_and_prolong_nothing() -> None:
    brake = Brake()
    hold = pull(brake).hold

    decision = brake.weigh(owe(11), POLICY, NOW)

    assert isinstance(decision, Halt)
    assert (decision.hold, [one.id for one in decision.refused]) == (hold, [11])


def test_one_that_was_on_its_way_and_is_accepted_does_not_let_it_go() -> None:
    brake = Brake()
    pull(brake)

    assert brake.weigh(owe(11), ACCEPTED, NOW) is None
    assert Lane.REMINDERS in brake.held


def test_each_try_that_is_refused_doubles_the_rest_up_to_an_hour() -> None:
    brake, now, rests = Brake(), NOW, []
    hold = pull(brake).hold

    for number in range(6):
        now = hold.until
        decision = attempt(brake, 20 + number, refuse("something else"), now)
        assert isinstance(decision, Halt)
        hold = decision.hold
        rests.append((hold.until - now) // MINUTE)

    assert rests == [10, 20, 40, 60, 60, 60]
    assert hold.since == NOW
    assert hold.reason == "rcpt: 550 5.7.1 something else"


def test_a_try_that_is_accepted_lets_it_go() -> None:
    brake = Brake()
    hold = pull(brake).hold

    assert attempt(brake, 11, ACCEPTED, hold.until) == Go(Lane.REMINDERS)
    assert brake.held == {}


@pytest.mark.parametrize("outcome", [NOBODY, Outcome(Verdict.DEFERRED, Phase.RCPT, 451, "4.7.1", "later")])
def test_a_try_that_tells_nothing_about_the_others_changes_nothing(outcome: Outcome) -> None:
    brake = Brake()
    hold = pull(brake).hold

    assert attempt(brake, 11, outcome, hold.until) is None
    assert brake.held == {Lane.REMINDERS: hold}


def test_another_lane_that_meets_the_same_refusal_is_held_at_once() -> None:
    brake = Brake()
    pull(brake)

    assert brake.weigh(owe(1, Kind.MOVED), refuse("try elsewhere"), NOW) is None
    decision = brake.weigh(owe(2, Kind.SOURCE_BROKEN), POLICY, NOW)

    assert isinstance(decision, Halt)
    assert (decision.hold.lane, [one.id for one in decision.refused]) == (Lane.ORGANISER, [2])


def test_who_was_held_back_and_is_refused_while_others_are_sent_to_is_refused_for_good() -> None:
    brake = Brake()

    decisions = {brake.weigh(owe(number, reason=f"{HELD_BACK}no"), POLICY, NOW) for number in range(50)}

    assert decisions == {None}


def test_a_share_that_others_were_sent_to_beside_does_not_hold_the_lane_again_at_once() -> None:
    """Else a tenth of the people, refused for reasons of their own, would hold up the others again and again."""
    brake = Brake()
    hold = pull(brake).hold
    attempt(brake, 11, ACCEPTED, hold.until)

    def halts(at: datetime) -> bool:
        return any(
            isinstance(brake.weigh(owe(number), ACCEPTED if number % 10 else POLICY, at), Halt) for number in range(200)
        )

    assert not halts(hold.until)
    assert halts(hold.until + 61 * MINUTE)
    assert isinstance(pull(Brake()), Halt)


def test_a_hold_that_the_ledger_tells_of_is_obeyed() -> None:
    brake, other = Brake(), Brake()
    hold = pull(other).hold

    brake.obey({Lane.REMINDERS: hold})

    assert attempt(brake, 5, ACCEPTED, hold.until) == Go(Lane.REMINDERS)


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (POLICY, "5.7.1 mails from your network are not wanted [id"),
        (refuse("5.4.5 Sending limit exceeded. x7-20020a17 - gsmtp", "5.4.5"), "5.4.5 Sending limit exceeded. - gsmtp"),
        (refuse("<reader@example.org>: Relay access denied", "5.7.1", 554), "5.7.1 Relay access denied"),
        (refuse("sender address rejected", "5.1.8"), "5.1.8 sender address rejected"),
        (refuse("blocked, see https://example.org/?ip=192.0.2.1", "", 554), "554 blocked, see"),
        (refuse("user unknown", "", 550), ""),
        (refuse("mailbox full", "5.2.2"), ""),
        (refuse("no such domain", "5.1.2"), ""),
        (refuse("null MX", "5.1.10"), ""),
        (Outcome(Verdict.REFUSED, Phase.ENVELOPE, text="no quota of such an address"), ""),
        (Outcome(Verdict.DEFERRED, Phase.RCPT, 450, "4.7.1", "greylisted"), ""),
        (ACCEPTED, ""),
    ],
)
def test_a_refusal_is_named_without_what_varies_unless_it_speaks_of_the_recipient(outcome: Outcome, name: str) -> None:
    assert name_refusal(outcome) == name


def test_what_is_decided_here_counts_until_the_ledger_knows_of_it() -> None:
    brake = Brake()
    halt = pull(brake)

    brake.obey({})
    assert brake.held == {Lane.REMINDERS: halt.hold}, "what was read is older"
    brake.written(halt)
    brake.obey({})
    assert brake.held == {}
