"""Whatever is edited and whenever: in the end calendars show what the feed shows, and no two mails come at once."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from sqlalchemy import Connection, update

from service.reminders.calendar_entry import CORRECTED_WITHIN, GONE, HORIZON, tell_gist
from service.schedule.identity import revise
from service.schedule.session import Schedule, Session, Status, When
from service.schedule.version import Version
from service.store import claiming, ledger, settling
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import Delivery, DeliveryState
from service.store.revisions import Stored
from service.store.settling import Settlement
from service.store.tables import participants
from service.worker.inviting import Inviter
from service.worker.keeping import keep
from tests.store import season
from tests.store.season import DAY, HOUR, MINUTE, SEOUL, SERIES, SESSION, START

BEGIN = START - 10 * DAY
SENT = Settlement(state=DeliveryState.SENT, reason="250 ok")


@dataclass
class Season:
    """A schedule that is edited at random, and the one who edits it."""

    database: Database
    dice: Random
    now: datetime = BEGIN
    sessions: list[Session] = field(default_factory=list)
    stored: Stored | None = None
    sent: list[tuple[datetime, Delivery]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inviter = Inviter(self.database, [SERIES], lambda _: self.versions)
        for number in range(3):
            starts = START + number * 7 * DAY
            when = When(starts, starts + 2 * HOUR)
            self.sessions.append(replace(SESSION, id=f"s{number}", title=f"session {number}", when=when))

    @property
    def versions(self) -> tuple[Version, ...]:
        return self.stored.revision.versions if self.stored else ()

    def edit(self) -> None:
        """Change one session as organisers do, or change it back."""
        place = self.dice.randrange(len(self.sessions))
        session, sort = self.sessions[place], self.dice.randrange(5)
        if sort == 0:
            starts = START.astimezone(SEOUL) + (place * 7 + self.dice.choice([0, 0, 1, 3])) * DAY
            session = replace(session, when=When(starts, starts + 2 * HOUR))
        elif sort == 1:
            session = replace(session, title=self.dice.choice([f"session {place}", "another"]))
        elif sort == 2:
            session = replace(session, note=self.dice.choice(["", "bring a pen"]))
        else:
            session = replace(session, status=self.dice.choice([Status.CANCELLED, Status.CONFIRMED]))
        self.sessions[place] = session

    async def publish(self) -> None:
        schedule = Schedule(title="Season", language="ko", timezone="Asia/Seoul", sessions=tuple(self.sessions))
        minted = self.stored.revision.minted if self.stored else 0
        revision = revise(self.versions, schedule, namespace="example.org/season", minted=minted, now=self.now)
        stored = Stored(
            title="Season",
            language="ko",
            document="",
            digest=f"{self.now}",
            presentation="",
            changed_at=self.now,
            presented_at=BEGIN,
            content=revision,
        )
        before = self.stored
        await self.database.write(lambda c: keep(c, slug=SERIES, stored=stored, before=before, now=self.now))
        self.stored = stored

    async def tick(self, span: timedelta) -> None:
        """Let time pass, then invite and send what is due."""
        self.now += span
        await self.inviter.plan(self.now)
        self.sent += [(self.now, one) for one in await self.database.write(self._send)]

    def _send(self, connection: Connection) -> list[Delivery]:
        batch = claiming.claim(connection, "me", Lane.NOTICES, self.now, 99)
        may_leave = claiming.hand_off(connection, "me", batch, self.now)
        leaving = [one for one in batch if one.id in may_leave]
        settling.settle(connection, [(one, SENT) for one in leaving], self.now)
        return leaving

    async def wish(self, person: int, *, invitations: bool) -> None:
        change = update(participants).where(participants.c.id == person).values(invitations=invitations)
        await self.database.write(lambda c: c.execute(change))


async def open_season(database: Database, seed: int) -> tuple[Season, list[int]]:
    made = Season(database, Random(seed))
    await made.publish()
    people = await database.write(lambda c: [season.join(c, name, now=BEGIN) for name in ("one", "other")])
    for person in people:
        await made.wish(person, invitations=True)
    return made, people


def shown(made: Season, person: int) -> dict[str, str]:
    """What the mails, one after the other, left in somebody's calendar."""
    theirs = {one.session: one.gist for _, one in made.sent if one.participant_id == person and one.gist}
    return {session: gist for session, gist in theirs.items() if gist != GONE}


def wanted(made: Season) -> dict[str, str]:
    """What a calendar should show of what is near; what is not may be there, too."""
    near = [one for one in made.versions if one.when.starts - HORIZON <= made.now]
    return {one.uid: tell_gist(one) for one in near if tell_gist(one) != GONE}


async def walk(made: Season, steps: int) -> None:
    for _ in range(steps):
        for _ in range(made.dice.randrange(3)):
            made.edit()
        await made.publish()
        await made.tick(made.dice.choice([MINUTE, 4 * MINUTE, 11 * MINUTE, 3 * HOUR]))


async def settle(made: Season) -> None:
    for _ in range(2):
        await made.tick(CORRECTED_WITHIN)


def agrees(made: Season, person: int) -> bool:
    found = shown(made, person)
    published = {one.uid: tell_gist(one) for one in made.versions}
    return wanted(made).items() <= found.items() <= published.items()


@pytest.mark.parametrize("seed", range(3))
async def test_in_the_end_every_calendar_shows_what_the_feed_shows(database: Database, seed: int) -> None:
    made, people = await open_season(database, seed)
    await walk(made, 25)
    await settle(made)

    assert all(agrees(made, person) for person in people)
    count = len(made.sent)
    await settle(made)
    assert len(made.sent) == count, "and then it is quiet"

    for person in people:
        for session in {one.session for _, one in made.sent}:
            times = [at for at, one in made.sent if (one.participant_id, one.session) == (person, session)]
            assert all(later - earlier >= CORRECTED_WITHIN for earlier, later in pairwise(times))
    assert {row.state for row in await database.read(ledger.list_all)} <= {DeliveryState.SENT, DeliveryState.CANCELLED}


@pytest.mark.parametrize("seed", range(3))
async def test_so_it_does_for_whoever_switches_them_off_and_on(database: Database, seed: int) -> None:
    made, (person, _) = await open_season(database, seed)
    for turn in range(6):
        await walk(made, 3)
        await made.wish(person, invitations=turn % 2 == 1)
    await settle(made)

    assert agrees(made, person)
