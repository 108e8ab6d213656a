"""Mutants: what could be wrong in the path of a mail through the ledger, a sentence and a patch each.

Every one must be caught by a test; one that lives shows that a test is missing. `make mutants` tries them all.
"""

from dataclasses import dataclass
from typing import Final

__all__ = ["MUTANTS", "Mutant"]

CLAIMING: Final = "service/store/claiming.py"
WANTING: Final = "service/store/wanting.py"
SETTLING: Final = "service/store/settling.py"
OWING: Final = "service/store/owing.py"
JUDGING: Final = "service/delivery/settling.py"
OUTCOME: Final = "service/delivery/outcome.py"
LINE: Final = "service/delivery/smtp_line.py"
COURIER: Final = "service/delivery/courier.py"
CLERK: Final = "service/delivery/clerk.py"
COMPOSING: Final = "service/delivery/composing.py"
JOURNAL: Final = "service/delivery/journal.py"


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is wrong, and where: in `file`, `old` (which stands there once) became `new`."""

    wrong: str
    file: str
    old: str
    new: str


MUTANTS: Final = (
    Mutant(
        "the last check does not ask who owns the delivery",
        CLAIMING,
        '        deliveries.c.owner == bindparam("holder"),\n        deliveries.c.state == DeliveryState.CLAIMED,\n',
        '        or_(deliveries.c.owner == bindparam("holder"), deliveries.c.owner != ""),\n'
        "        deliveries.c.state == DeliveryState.CLAIMED,\n",
    ),
    Mutant(
        "the last check does not ask whether the delivery is still claimed",
        CLAIMING,
        "        deliveries.c.state == DeliveryState.CLAIMED,\n"
        '        deliveries.c.expires_at > bindparam("present"),\n',
        '        deliveries.c.expires_at > bindparam("present"),\n',
    ),
    Mutant(
        "the last check sends what comes too late",
        CLAIMING,
        '        deliveries.c.expires_at > bindparam("present"),\n        IS_WANTED,\n',
        '        or_(deliveries.c.expires_at > bindparam("present"), deliveries.c.id > 0),\n        IS_WANTED,\n',
    ),
    Mutant(
        "the last check is gone",
        CLAIMING,
        '        deliveries.c.expires_at > bindparam("present"),\n        IS_WANTED,\n',
        '        deliveries.c.expires_at > bindparam("present"),\n',
    ),
    Mutant(
        "who has unsubscribed meanwhile gets the mail",
        WANTING,
        "participants.c.state == _AWAITED",
        "participants.c.state != State.SUPPRESSED",
    ),
    Mutant(
        "a session that moved meanwhile is still told at the old time",
        WANTING,
        "            sessions.c.starts_at == deliveries.c.starts_at,\n",
        "",
    ),
    Mutant(
        "a session that was called off meanwhile is still told",
        WANTING,
        "            sessions.c.takes_place == (deliveries.c.kind != Kind.CANCELLED),\n",
        "",
    ),
    Mutant(
        "what others have claimed is claimed, too",
        CLAIMING,
        "        IS_PLANNED,\n        deliveries.c.lane",
        "        deliveries.c.state.in_((DeliveryState.PLANNED, DeliveryState.CLAIMED)),\n        deliveries.c.lane",
    ),
    Mutant(
        "what rests is claimed at once",
        CLAIMING,
        'deliveries.c.next_at <= bindparam("present")',
        'or_(deliveries.c.next_at <= bindparam("present"), deliveries.c.id > 0)',
    ),
    Mutant(
        "the lease of a mail on its way is shorter than the relay may take",
        CLAIMING,
        "HANDING_LEASE: Final = timedelta(minutes=15)",
        "HANDING_LEASE: Final = timedelta(minutes=5)",
    ),
    Mutant(
        "the lease of a claim is over at once",
        CLAIMING,
        "CLAIM_LEASE: Final = timedelta(minutes=2)",
        "CLAIM_LEASE: Final = timedelta(minutes=-2)",
    ),
    Mutant(
        "what others hold is given back although their lease still runs",
        CLAIMING,
        "    elif not alone:\n",
        "    elif alone:\n",
    ),
    Mutant(
        "what others are handing over is taken for abandoned",
        CLAIMING,
        "    if not alone:\n",
        "    if alone:\n",
    ),
    Mutant(
        "a mail that was on its way when its process died is planned again as if nothing had been",
        CLAIMING,
        "    claimed = IS_HELD & (deliveries.c.state == DeliveryState.CLAIMED)\n    if owner:\n",
        "    claimed = IS_HELD\n    if owner:\n",
    ),
    Mutant(
        "whoever lost a delivery can still settle it",
        SETTLING,
        '        deliveries.c.owner == bindparam("holder"),\n',
        '        or_(deliveries.c.owner == bindparam("holder"), deliveries.c.owner != ""),\n',
    ),
    Mutant(
        "what is settled can be settled again",
        SETTLING,
        '        deliveries.c.owner == bindparam("holder"),\n        or_(_HANDING, ',
        '        or_(deliveries.c.owner == bindparam("holder"), deliveries.c.owner == ""),\n'
        '        or_(_HANDING, deliveries.c.owner == "", ',
    ),
    Mutant(
        "doubts are not counted",
        SETTLING,
        'deliveries.c.doubts + bindparam("doubted")',
        'deliveries.c.doubts + 0 * bindparam("doubted")',
    ),
    Mutant(
        "the rest before the next attempt is forgotten",
        SETTLING,
        'func.coalesce(bindparam("again_at", type_=deliveries.c.next_at.type), deliveries.c.next_at)',
        'func.coalesce(deliveries.c.next_at, bindparam("again_at", type_=deliveries.c.next_at.type))',
    ),
    Mutant(
        "what was in doubt and is too late is forgotten",
        SETTLING,
        "case((deliveries.c.doubts > 0, DeliveryState.UNCERTAIN), else_=DeliveryState.EXPIRED)",
        "DeliveryState.EXPIRED",
    ),
    Mutant(
        "an attempt that does not count is counted",
        SETTLING,
        'case((_HANDING, literal_column("1")), else_',
        'case((_HANDING, literal_column("0")), else_',
    ),
    Mutant(
        "what is in doubt is sent again at once",
        JUDGING,
        "again_at = now + DOUBT_RESTS",
        "again_at = now",
    ),
    Mutant(
        "what is in doubt is sent again and again",
        JUDGING,
        "policy is Doubtful.RESEND and delivery.doubts == 0 and",
        "policy is Doubtful.RESEND and",
    ),
    Mutant(
        "the setting `hold` is ignored",
        JUDGING,
        "policy is Doubtful.RESEND and delivery.doubts == 0 and",
        "delivery.doubts == 0 and",
    ),
    Mutant(
        "a sign-up mail in doubt is sent again",
        JUDGING,
        " and delivery.kind not in (Kind.CONFIRMATION, Kind.KNOWN)",
        "",
    ),
    Mutant(
        "what is in doubt is sent again although it comes too late",
        JUDGING,
        "if once_more and again_at < delivery.expires_at:",
        "if once_more:",
    ),
    Mutant(
        "what a dead process left on its way counts as surely not sent",
        JUDGING,
        '    return _doubt(delivery, "in doubt: studybell stopped while the mail was on its way", policy, now)',
        '    return Settlement(state=DeliveryState.PLANNED, reason="again", next_at=now, burnt=False)',
    ),
    Mutant(
        "what a dead process left on its way counts as sent",
        JUDGING,
        '    return _doubt(delivery, "in doubt: studybell stopped while the mail was on its way", policy, now)',
        '    return Settlement(state=DeliveryState.SENT, reason="surely")',
    ),
    Mutant(
        "a line that broke behind the dot counts as sent",
        JUDGING,
        '            return _doubt(delivery, f"in doubt: {words}", policy, now)',
        "            return Settlement(state=DeliveryState.SENT, reason=words)",
    ),
    Mutant(
        "a line that broke behind the dot counts as not sent",
        OUTCOME,
        "return Verdict.DOUBTFUL if phase is Phase.DOT else Verdict.UNSENT",
        "return Verdict.UNSENT",
    ),
    Mutant(
        "the dot leaves before the hand-off commit",
        LINE,
        "        if not await commit():\n",
        '        self._dialogue.say(b".\\r\\n")\n        if not await commit():\n',
    ),
    Mutant(
        "the dot leaves although the hand-off commit refuses",
        LINE,
        "        if not await commit():\n",
        "        if not await commit() and not content:\n",
    ),
    Mutant(
        "the line forgets that the dot was said",
        LINE,
        "        self._phase = phase\n",
        "        self._phase = min(phase, Phase.DATA, key=list(Phase).index)\n",
    ),
    Mutant(
        "mails are handed over without a hand-off commit, and marked behind it",
        COURIER,
        "partial(self._clerk.may_leave, delivery)",
        "partial(asyncio.sleep, 0, True)",
    ),
    Mutant(
        "mails are marked as sent before they are handed over",
        COURIER,
        "        try:\n            outcome = await line.hand_over(",
        '        self._clerk.settle(delivery, Settlement(state=DeliveryState.SENT, reason="surely"))\n'
        "        await self._clerk.finish()\n"
        "        try:\n            outcome = await line.hand_over(",
    ),
    Mutant(
        "nobody takes up what a dead process left on its way",
        COURIER,
        "        for one in await self._database.read(partial(abandoned, alone=alone)):\n",
        "        for one in [*await self._database.read(partial(abandoned, alone=alone))][:0]:\n",
    ),
    Mutant(
        "outcomes are forgotten when the database is away",
        CLERK,
        "                self._settled, self._orders = settled + self._settled, orders + self._orders\n",
        "                self._orders = orders + self._orders\n",
    ),
    Mutant(
        "the ledger's yes is heard before it is on the disk",
        CLERK,
        "        try:\n            may = await self._database.write(work)\n",
        "        for one in asked:\n            one.answer.set_result(True)\n"
        "        try:\n            may = await self._database.write(work)\n",
    ),
    Mutant(
        "every attempt has a Message-ID of its own",
        COMPOSING,
        "message_id(self._keys.secret, delivery.key, self._domain)",
        'message_id(self._keys.secret, f"{delivery.key}{delivery.attempts}", self._domain)',
    ),
    Mutant(
        "what was sent is planned again",
        OWING,
        "set_=again, where=called_off)",
        "set_=again)",
    ),
    Mutant(
        "what was in doubt is called off without a word",
        OWING,
        "case((in_doubt, DeliveryState.UNCERTAIN), else_=DeliveryState.CANCELLED)",
        "DeliveryState.CANCELLED",
    ),
    Mutant(
        "the journal closes what another process holds",
        JOURNAL,
        "(delivery.owner, delivery.state) == (one.owner, DeliveryState.HANDING)",
        "delivery.state is DeliveryState.HANDING",
    ),
)
