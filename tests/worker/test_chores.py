"""Chores: digests and gaps enter the ledger when they are due, once, and cost nothing where nobody wants them."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection, update

from service.reminders.week import Week
from service.schedule.session import When
from service.schedule.version import Version
from service.store import ledger
from service.store.database import Database
from service.store.ledger import Kind
from service.store.tables import participants
from service.worker.chores import mind_gaps, write_digests
from tests.store import season
from tests.store.season import DAY, HOUR, SERIES, SESSION, START, VERSION
from tests.worker.test_planning import Board

WEEK = Week.of(START, "Asia/Seoul")
LATER = replace(
    VERSION, uid="later@example.org", session=replace(SESSION, when=When(START + 7 * DAY, START + 7 * DAY + HOUR))
)
UNREADY = replace(VERSION, session=replace(SESSION, speakers=()))


async def enter(database: Database, *, digest: bool = True) -> None:
    def go(connection: Connection) -> None:
        season.publish(connection, VERSION, LATER)
        season.join(connection, "reader")
        connection.execute(update(participants).values(digest=digest))

    await database.write(go)


async def test_a_digest_is_owed_for_every_week_that_has_a_session(database: Database) -> None:
    await enter(database)
    chore = write_digests(database, [SERIES], Board(VERSION, LATER))
    moments = [WEEK.due_at + days * DAY for days in (-1, 0, 0, 3, 7, 14)]

    assert [await chore.plan(moment) for moment in moments] == [0, 1, 0, 0, 1, 0]
    assert {row.kind for row in await database.read(ledger.list_all)} == {Kind.DIGEST}


async def test_a_chore_knows_its_next_turn(database: Database) -> None:
    await enter(database)
    chore = write_digests(database, [SERIES], Board(VERSION, LATER))
    assert chore.next_turn(WEEK.due_at) is None

    await chore.plan(WEEK.due_at - DAY)
    assert chore.next_turn(WEEK.due_at - DAY) == WEEK.due_at
    await chore.plan(WEEK.due_at)
    assert chore.next_turn(WEEK.due_at) == WEEK.due_at + 7 * DAY


async def test_where_nobody_wants_a_digest_nothing_is_looked_at(database: Database) -> None:
    await enter(database, digest=False)

    def refuse(_slug: str) -> Iterable[Version]:
        raise AssertionError("nobody wants it")

    assert await write_digests(database, [SERIES], refuse).plan(WEEK.due_at) == 0


async def test_who_chooses_a_digest_late_still_gets_the_one_that_is_of_use(database: Database) -> None:
    await enter(database, digest=False)
    chore = write_digests(database, [SERIES], Board(VERSION))
    assert await chore.plan(WEEK.due_at) == 0

    await database.write(lambda connection: connection.execute(update(participants).values(digest=True)))

    assert await chore.plan(WEEK.due_at + HOUR) == 1


async def test_a_gap_is_told_ten_days_before_and_once_however_many_look(database: Database) -> None:
    await enter(database)
    board = Board(UNREADY, LATER)
    one, other = (mind_gaps(database, [SERIES], board) for _ in range(2))

    assert await one.plan(START - 11 * DAY) == 0
    assert one.next_turn(START - 11 * DAY) == START - 10 * DAY
    assert [await one.plan(START - 10 * DAY), await other.plan(START - 9 * DAY)] == [1, 0]


async def test_a_row_that_was_completed_in_time_is_not_told(database: Database) -> None:
    await enter(database)
    board = Board(UNREADY, LATER)
    chore = mind_gaps(database, [SERIES], board)
    await chore.plan(START - 11 * DAY)

    board.versions = (VERSION, LATER)

    assert await chore.plan(START - 9 * DAY) == 0


async def test_one_series_that_cannot_be_looked_at_does_not_silence_the_others(database: Database) -> None:
    await enter(database)

    def versions(slug: str) -> Iterable[Version]:
        if slug == "faulty":
            raise LookupError("a bug")
        return (UNREADY, LATER)

    assert await mind_gaps(database, ["faulty", SERIES], versions).plan(START - 9 * DAY) == 1


async def test_who_chooses_a_digest_at_the_moment_another_gives_it_up_still_gets_it(database: Database) -> None:
    await enter(database)
    await database.write(lambda connection: season.join(connection, "other"))
    chore = write_digests(database, [SERIES], Board(VERSION))
    assert await chore.plan(WEEK.due_at) == 1

    await database.write(lambda c: c.execute(update(participants).values(digest=participants.c.digest.is_not(True))))

    assert await chore.plan(WEEK.due_at + HOUR) == 1
