"""The brake: when the relay refuses mails whomever they are for, no recipient is to blame, and the lane is held.

It is pulled when ten different recipients in a row, or more than 5 % of a lane within five minutes, were refused with
the same words about something else than their address: the sender's reputation, a policy, a quota. Those who were
refused are owed their mail again, and one mail is tried now and then. When one is accepted, the lane goes on.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from service.delivery.outcome import Outcome, Verdict
from service.delivery.settling import tell
from service.store.lanes import HELD_BACK, LONGEST_REST, Hold, Lane, hold, lane_of, release
from service.store.ledger import Delivery

__all__ = ["Brake", "Go", "Halt", "carry_out", "name_refusal"]

_RECIPIENTS: Final = 10
_SHARE: Final = 0.05
_WINDOW: Final = timedelta(minutes=5)
_FIRST_REST: Final = timedelta(minutes=5)
_EXCUSED_FOR: Final = timedelta(hours=1)

# RFC 3463 3.2 and 3.3: of the statuses about addresses and mailboxes only these two speak of the sender.
_ABOUT_RECIPIENT: Final = re.compile(r"5\.1\.(?!7$|8$)\d+|5\.2\.\d+")
_ABOUT_US: Final = re.compile(
    r"polic|spam|block|blacklist|reputation|auth|quota|limit|rate|denied|relay", re.IGNORECASE
)
_VARIES: Final = re.compile(r"\S*[\d@]\S*")
_NAME_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Halt:
    """Send nothing more from a lane, by `hold`. The `refused` have failed for no fault of theirs."""

    hold: Hold
    refused: tuple[Delivery, ...]

    @property
    def lane(self) -> Lane:
        """The lane that is held."""
        return self.hold.lane


@dataclass(frozen=True, slots=True)
class Go:
    """Send again from a lane."""

    lane: Lane


@dataclass(slots=True)
class _Count:
    """What became of a lane's mails: since the window opened, and in a row."""

    opened: datetime
    judged: int = 0
    alike: defaultdict[str, dict[int, Delivery]] = field(default_factory=lambda: defaultdict(dict))
    row: dict[int, Delivery] = field(default_factory=dict)
    row_refusal: str = ""

    def note(self, delivery: Delivery, refusal: str, now: datetime) -> None:
        """Take in a mail that was accepted (`refusal` is empty), or refused."""
        if now - self.opened > _WINDOW:
            self.opened, self.judged = now, 0
            self.alike.clear()
        if refusal != self.row_refusal:
            self.row, self.row_refusal = {}, refusal
        self.judged += 1
        if refusal:
            self.row[delivery.participant_id] = self.alike[refusal][delivery.participant_id] = delivery

    def too_many(self, *, by_share: bool) -> dict[int, Delivery]:
        """Those who were refused alike, by participant, if they are too many; else nobody."""
        if len(self.row) >= _RECIPIENTS:
            return self.row
        alike = self.alike[self.row_refusal]
        return alike if by_share and len(alike) >= _RECIPIENTS and len(alike) > _SHARE * self.judged else {}


class Brake:
    """Knows which lanes are held, and weighs each outcome."""

    def __init__(self) -> None:
        self.held: Mapping[Lane, Hold] = {}
        self._tries: set[int] = set()
        self._unwritten: set[Lane] = set()
        self._counts: dict[Lane, _Count] = {}
        self._excused: dict[Lane, datetime] = {}

    def obey(self, held: Mapping[Lane, Hold]) -> None:
        """Take in which lanes are held by the ledger. Own decisions come first until they are `written` there."""
        ours = {lane: hold for lane, hold in self.held.items() if lane in self._unwritten}
        others = {lane: hold for lane, hold in held.items() if lane not in self._unwritten}
        self.held = others | ours

    def written(self, decision: Halt | Go) -> None:
        """The ledger knows of this decision."""
        self._unwritten.discard(decision.lane)

    def begin_tries(self, deliveries: Iterable[Delivery]) -> None:
        """These are sent to see whether the relay takes mails of their lanes again."""
        self._tries.update(delivery.id for delivery in deliveries)

    def weigh(self, delivery: Delivery, outcome: Outcome, now: datetime) -> Halt | Go | None:
        """What is to be done because of the outcome of a delivery, which is as it was claimed."""
        lane = lane_of(delivery.kind)
        if lane in self.held:
            decision = self._weigh_try(self.held[lane], delivery, outcome, now)
        else:
            decision = self._weigh_evidence(lane, delivery, outcome, now)
        if decision is None:
            return None
        others = {other: hold for other, hold in self.held.items() if other is not lane}
        if isinstance(decision, Halt):
            self.held = others | {lane: decision.hold}
            self._counts.pop(lane, None)
        else:
            self.held = others
            self._excused[lane] = now + _EXCUSED_FOR
        self._unwritten.add(lane)
        return decision

    def _weigh_try(self, present: Hold, delivery: Delivery, outcome: Outcome, now: datetime) -> Halt | Go | None:
        is_try = delivery.id in self._tries  # else it was on its way when the brake was pulled
        self._tries.discard(delivery.id)
        if outcome.verdict is Verdict.ACCEPTED and is_try:
            return Go(present.lane)
        if not name_refusal(outcome):
            return None
        if not is_try:
            return Halt(present, (delivery,))
        rest = min(present.rest * 2, LONGEST_REST)
        return Halt(replace(present, reason=tell(outcome), until=now + rest, rest=rest), (delivery,))

    def _weigh_evidence(self, lane: Lane, delivery: Delivery, outcome: Outcome, now: datetime) -> Halt | None:
        if outcome.verdict not in (Verdict.ACCEPTED, Verdict.REFUSED):
            return None
        # Who was held back before is refused for a reason of their own if it happens while others are sent to.
        refusal = "" if delivery.reason.startswith(HELD_BACK) else name_refusal(outcome)
        count = self._counts.setdefault(lane, _Count(now))
        count.note(delivery, refusal, now)
        refused = count.too_many(by_share=now >= self._excused.get(lane, now)) if refusal else {}
        if not refused and refusal not in {one.refusal for one in self.held.values()}:
            return None
        refused = refused or {delivery.participant_id: delivery}
        until = now + _FIRST_REST
        why = Hold(lane=lane, refusal=refusal, reason=tell(outcome), since=now, until=until, rest=_FIRST_REST)
        return Halt(why, tuple(refused.values()))


def carry_out(connection: Connection, decision: Halt | Go, now: datetime) -> None:
    """Enter into the ledger what was decided."""
    if isinstance(decision, Halt):
        hold(connection, decision.hold, decision.refused, now)
    else:
        release(connection, decision.lane)


def name_refusal(outcome: Outcome) -> str:
    """What a refusal has in common with others like it; empty if it is none, or speaks of the recipient.

    Numbers and addresses vary from mail to mail and are left out.
    """
    if outcome.verdict is not Verdict.REFUSED or not outcome.code:
        return ""
    text = outcome.text.removeprefix(outcome.enhanced)
    is_general = not _ABOUT_RECIPIENT.fullmatch(outcome.enhanced) if outcome.enhanced else _ABOUT_US.search(text)
    if not is_general:
        return ""
    return " ".join([outcome.enhanced or str(outcome.code), *_VARIES.sub("", text).split()])[:_NAME_LIMIT]
