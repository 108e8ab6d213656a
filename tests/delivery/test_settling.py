"""What an outcome means: the next attempt, or the end, and never without a reason."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.delivery.outcome import Outcome, Phase, Verdict
from service.delivery.relay import Timeouts
from service.delivery.settling import DOUBT_RESTS, Doubtful, judge, judge_abandoned, park, postpone, tell
from service.store.claiming import HANDING_LEASE
from service.store.ledger import OPEN, Delivery, DeliveryState, Kind
from tests.store.season import DAY, DAY_BEFORE, HOUR, MINUTE, SERIES, START

NOW = DAY_BEFORE


def delivery(*, id: int = 1, attempts: int = 0, doubts: int = 0, kind: Kind = Kind.REMINDER) -> Delivery:
    return Delivery(
        id=id,
        kind=kind,
        series=SERIES,
        participant_id=1,
        session="abc@example.org",
        starts_at=START,
        rule="1d",
        told_at=None,
        note="",
        due_at=DAY_BEFORE,
        next_at=DAY_BEFORE,
        expires_at=START - HOUR,
        state=DeliveryState.CLAIMED,
        reason="",
        owner="me",
        attempts=attempts,
        doubts=doubts,
        address="reader@example.org",
        name="",
        language="ko",
        timezone="Asia/Seoul",
        generation=0,
    )


DEFERRED = Outcome(Verdict.DEFERRED, Phase.RCPT, 451, "4.7.1", "4.7.1 later")
DOUBT = Outcome(Verdict.DOUBTFUL, Phase.DOT, text="gone")


def test_a_deferred_mail_waits_longer_each_time_and_at_most_an_hour() -> None:
    minutes = [(1, 2, 5, 10, 20, 40, 60, 60, 60)[n] for n in range(9)]

    for attempts, expected in enumerate(minutes):
        next_at = judge(delivery(attempts=attempts), DEFERRED, Doubtful.RESEND, NOW).next_at
        assert next_at is not None
        assert 0.8 * expected * MINUTE <= next_at - NOW <= 1.2 * expected * MINUTE


def test_mails_that_were_deferred_together_do_not_all_come_back_together() -> None:
    returns = {judge(delivery(id=id), DEFERRED, Doubtful.RESEND, NOW).next_at for id in range(200)}

    assert len(returns) > 80


def test_the_enhanced_code_is_told_once() -> None:
    assert judge(delivery(), DEFERRED, Doubtful.RESEND, NOW).reason == "rcpt: 451 4.7.1 later"


@pytest.mark.parametrize(("kind", "policy", "doubts"), [*product(Kind, Doubtful, (0, 1))])
def test_only_a_first_doubt_about_a_mail_that_helps_is_sent_again(kind: Kind, policy: Doubtful, doubts: int) -> None:
    settlement = judge(delivery(kind=kind, doubts=doubts), DOUBT, policy, NOW)

    is_sign_up = kind in (Kind.CONFIRMATION, Kind.KNOWN)
    again = policy is Doubtful.RESEND and doubts == 0 and not is_sign_up
    assert settlement.doubt
    assert settlement.state is (DeliveryState.PLANNED if again else DeliveryState.UNCERTAIN)
    assert settlement.next_at == (NOW + DOUBT_RESTS if again else None)


@pytest.mark.parametrize(("left", "again"), [(11 * MINUTE, True), (10 * MINUTE, False), (MINUTE, False)])
def test_a_doubtful_mail_is_sent_again_only_if_it_is_still_in_time(left: timedelta, again: bool) -> None:
    settlement = judge(delivery(), DOUBT, Doubtful.RESEND, START - HOUR - left)

    assert (settlement.state is DeliveryState.PLANNED) is again


def test_nobody_is_taken_for_dead_who_still_waits_for_the_relays_answer() -> None:
    assert timedelta(seconds=Timeouts().dot) < HANDING_LEASE


def test_a_process_that_died_leaves_a_doubt() -> None:
    settlement = judge_abandoned(delivery(), Doubtful.RESEND, NOW)

    assert (settlement.state, settlement.doubt, settlement.next_at) == (DeliveryState.PLANNED, True, NOW + DOUBT_RESTS)


def test_a_mail_that_was_surely_not_handed_over_is_free_again_at_once() -> None:
    settlement = postpone(RuntimeError("the database is away"), NOW)

    assert (settlement.state, settlement.next_at, settlement.burnt) == (DeliveryState.PLANNED, NOW, False)


@given(
    verdict=st.sampled_from(Verdict),
    phase=st.sampled_from(Phase),
    code=st.sampled_from((0, 250, 421, 550)),
    text=st.text(max_size=800),
    attempts=st.integers(0, 400),
)
def test_every_settlement_has_a_reason_that_can_be_kept_and_shown(
    verdict: Verdict, phase: Phase, code: int, text: str, attempts: int
) -> None:
    settlement = judge(delivery(attempts=attempts), Outcome(verdict, phase, code, "", text), Doubtful.RESEND, NOW)

    assert settlement.reason
    assert settlement.reason.isprintable()
    assert len(settlement.reason.encode()) < 2100
    assert (settlement.next_at is not None) is (settlement.state in OPEN)
    assert settlement.next_at is None or NOW < settlement.next_at < NOW + DAY


@given(st.text(alphabet=st.characters(), max_size=50))
def test_whatever_keeps_a_mail_from_being_written_can_be_kept_and_shown(words: str) -> None:
    reason = park(ValueError(words + "\ud800\x00")).reason

    assert reason.startswith("cannot be written: ")
    assert reason.encode().decode().isprintable()


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome(Verdict.REFUSED, Phase.RCPT, 550, "5.1.1", "5.1.1 no such user"), "5.1.1"),
        (Outcome(Verdict.REFUSED, Phase.RCPT, 550, "", "no such user here"), "5.1.0"),
        (Outcome(Verdict.REFUSED, Phase.DOT, 554, "5.7.1", "5.7.1 spam"), "5.7.1"),
        (Outcome(Verdict.REFUSED, Phase.RCPT, 550, "", "no"), ""),
        (DEFERRED, ""),
        (DOUBT, ""),
    ],
)
def test_a_refusal_for_good_names_its_status(outcome: Outcome, status: str) -> None:
    assert judge(delivery(), outcome, Doubtful.RESEND, NOW).refused == status


def test_nobodys_address_stays_in_a_reason() -> None:
    said = Outcome(Verdict.REFUSED, Phase.RCPT, 550, "5.1.1", "<ann.lee@example.org>: no such user here")

    assert tell(said) == "rcpt: 550 5.1.1 <a***@***>: no such user here"
