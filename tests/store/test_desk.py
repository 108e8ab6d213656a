"""The desk's keys: a link opens once and not for long, and no session outlives its time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from service.store import desk
from service.store.database import Database
from service.store.tables import desk_keys

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def open_desk(database: Database) -> str:
    token = await database.write(lambda c: desk.issue_link(c, NOW))
    session = await database.write(lambda c: desk.open_with(c, token, NOW))
    assert session is not None
    return session


async def is_open(database: Database, session: str, after: timedelta) -> bool:
    return await database.write(lambda c: desk.is_open(c, session, NOW + after))


async def test_a_link_opens_the_desk_once(database: Database) -> None:
    token = await database.write(lambda c: desk.issue_link(c, NOW))

    assert [await database.read(lambda c: desk.is_link(c, token, NOW)) for _ in range(3)] == [True] * 3
    session = await database.write(lambda c: desk.open_with(c, token, NOW))

    assert session is not None
    assert await is_open(database, session, timedelta(0))
    assert not await database.read(lambda c: desk.is_link(c, token, NOW))
    assert await database.write(lambda c: desk.open_with(c, token, NOW)) is None


async def test_a_link_works_for_a_quarter_of_an_hour(database: Database) -> None:
    token = await database.write(lambda c: desk.issue_link(c, NOW))
    late = NOW + desk.LINK_WORKS

    assert await database.read(lambda c: desk.is_link(c, token, late - MINUTE))
    assert not await database.read(lambda c: desk.is_link(c, token, late))
    assert await database.write(lambda c: desk.open_with(c, token, late)) is None


async def test_a_session_that_is_left_alone_for_an_hour_is_over(database: Database) -> None:
    session = await open_desk(database)

    assert await is_open(database, session, 2 * MINUTE)
    assert await is_open(database, session, 61 * MINUTE)
    assert await is_open(database, session, 120 * MINUTE)
    assert not await is_open(database, session, 120 * MINUTE + desk.IDLE)


async def test_no_session_lasts_longer_than_half_a_day_however_it_is_used(database: Database) -> None:
    session = await open_desk(database)
    used = [await is_open(database, session, minutes * MINUTE) for minutes in range(0, 13 * 60, 10)]

    assert used == [minutes * MINUTE < desk.LASTING for minutes in range(0, 13 * 60, 10)]


async def test_a_session_that_was_closed_is_over(database: Database) -> None:
    session, other = await open_desk(database), await open_desk(database)

    await database.write(lambda c: desk.close(c, session))

    assert not await is_open(database, session, timedelta(0))
    assert await is_open(database, other, timedelta(0))


async def test_a_link_is_no_session_and_a_session_no_link(database: Database) -> None:
    token = await database.write(lambda c: desk.issue_link(c, NOW))
    session = await open_desk(database)

    assert not await is_open(database, token, timedelta(0))
    assert not await database.read(lambda c: desk.is_link(c, session, NOW))
    assert await database.write(lambda c: desk.open_with(c, session, NOW)) is None
    assert not await is_open(database, f"9{session}", timedelta(0))


async def test_the_database_holds_no_key_that_opens_anything(database: Database) -> None:
    token = await database.write(lambda c: desk.issue_link(c, NOW))
    session = await open_desk(database)

    kept = await database.read(lambda c: set(c.execute(select(desk_keys.c.digest)).scalars()))

    assert len(kept) == 2
    assert kept.isdisjoint({token, session})
