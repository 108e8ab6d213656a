"""What an outcome means for a delivery: sent, tried again later, or over, each with a reason that a person can read."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from service.delivery.outcome import Outcome, Verdict
from service.delivery.status import find_status
from service.schedule.text import mask_addresses
from service.store.ledger import REASON_LIMIT, Delivery, DeliveryState, Kind
from service.store.settling import Settlement

__all__ = ["DOUBT_RESTS", "Doubtful", "judge", "judge_abandoned", "park", "postpone", "tell", "tidy_reason"]

DOUBT_RESTS: Final = timedelta(minutes=10)
"""How long a delivery in doubt rests before it is sent once more."""

_RETRY_AFTER: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60))
_JITTER: Final = 0.2
_UNSENT_RESTS: Final = timedelta(seconds=5)


class Doubtful(StrEnum):
    """What to do with a mail that may or may not have arrived: send it once more, or leave it at that."""

    RESEND = "resend"
    HOLD = "hold"


def judge(delivery: Delivery, outcome: Outcome, policy: Doubtful, now: datetime) -> Settlement:
    """The settlement that `outcome` leads to. `delivery` is as it was claimed."""
    words = tell(outcome)
    match outcome.verdict:
        case Verdict.ACCEPTED:
            return Settlement(state=DeliveryState.SENT, reason=words)
        case Verdict.REFUSED:
            status = find_status(outcome.enhanced, outcome.text)
            return Settlement(state=DeliveryState.FAILED, reason=words, refused=status)
        case Verdict.DEFERRED:
            return _again(words, now + _pause(delivery))
        case Verdict.DOUBTFUL:
            return _doubt(delivery, f"in doubt: {words}", policy, now)
        case Verdict.UNSENT | Verdict.WITHDRAWN:
            return Settlement(state=DeliveryState.PLANNED, reason=words, next_at=now + _UNSENT_RESTS, burnt=False)


def judge_abandoned(delivery: Delivery, policy: Doubtful, now: datetime) -> Settlement:
    """The settlement of a delivery whose process ended while it was handed over."""
    return _doubt(delivery, "in doubt: studybell stopped while the mail was on its way", policy, now)


def park(error: Exception) -> Settlement:
    """The settlement of a delivery that cannot be written: it waits for a person, the others go on."""
    return Settlement(state=DeliveryState.PARKED, reason=tidy_reason(f"cannot be written: {error}"), burnt=False)


def postpone(trouble: Exception, now: datetime) -> Settlement:
    """The settlement of a delivery that surely was not handed over, because the ledger could not be asked."""
    return Settlement(state=DeliveryState.PLANNED, reason=tidy_reason(str(trouble)), next_at=now, burnt=False)


def _doubt(delivery: Delivery, reason: str, policy: Doubtful, now: datetime) -> Settlement:
    # A sign-up is asked for again by the person if it did not arrive; a second copy could serve an attack.
    once_more = (
        policy is Doubtful.RESEND and delivery.doubts == 0 and delivery.kind not in (Kind.CONFIRMATION, Kind.KNOWN)
    )
    again_at = now + DOUBT_RESTS
    if once_more and again_at < delivery.expires_at:
        return Settlement(state=DeliveryState.PLANNED, reason=reason, next_at=again_at, doubt=True)
    return Settlement(state=DeliveryState.UNCERTAIN, reason=reason, doubt=True)


def _again(reason: str, at: datetime) -> Settlement:
    return Settlement(state=DeliveryState.PLANNED, reason=reason, next_at=at)


def _pause(delivery: Delivery) -> timedelta:
    """The wait before the next attempt, spread so that a thousand refused mails do not come back at one instant."""
    pause = _RETRY_AFTER[min(delivery.attempts, len(_RETRY_AFTER) - 1)]
    draw = hashlib.sha256(f"{delivery.id} {delivery.attempts}".encode()).digest()[0] / 255
    return pause * (1 - _JITTER + 2 * _JITTER * draw)


def tell(outcome: Outcome) -> str:
    """What happened, as the ledger keeps it: the step, the reply's codes, and what the relay or the system said."""
    text = outcome.text.removeprefix(outcome.enhanced).lstrip()
    said = f"{outcome.code or ''} {outcome.enhanced} {text}".split(None, 2)
    return tidy_reason(f"{outcome.phase.value}: {' '.join(said)}" if said else outcome.phase.value)


def tidy_reason(reason: str) -> str:
    """A reason that every database takes and every terminal shows: no control characters, no half characters.

    Nobody's address stands in it: a reason outlives the person whom it is about.
    """
    kept = (mask_addresses(reason) if "@" in reason else reason)[:REASON_LIMIT]
    return kept if kept.isprintable() else "".join(char if char.isprintable() else "?" for char in kept)
