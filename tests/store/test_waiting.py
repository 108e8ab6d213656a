"""Waiting: what an edit would do is kept as it was until it is published or gone."""

from dataclasses import replace
from functools import partial

from service.schedule.version import Change, ChangeKind
from service.store import revisions
from service.store.database import Database
from service.store.waiting import Effect, read_waiting, weigh, write_waiting
from tests.store.season import CANCELLED, DAY, SERIES, VERSION, moved
from tests.store.test_revisions import NOW, stored

CHANGES = (
    Change(ChangeKind.ADDED, None, VERSION),
    Change(ChangeKind.MOVED, VERSION, moved(DAY)),
    Change(ChangeKind.CANCELLED, VERSION, CANCELLED),
)
WAITING = weigh("e" * 64, CHANGES)


def test_an_edit_is_what_it_would_do() -> None:
    assert WAITING.effects[1] == Effect(ChangeKind.MOVED, VERSION.session, moved(DAY).session)
    assert WAITING.effects[0].before is None


def test_what_is_written_is_read_again() -> None:
    assert read_waiting(write_waiting(WAITING)) == WAITING
    assert read_waiting(write_waiting(None)) is None


async def test_an_edit_waits_beside_what_is_published_until_that_is_replaced(database: Database) -> None:
    await database.write(lambda c: revisions.save(c, SERIES, stored(VERSION)))

    await database.write(partial(revisions.mark_broken, slug=SERIES, trouble="much", now=NOW, waiting=WAITING))
    waiting = await database.read(lambda c: revisions.load(c, SERIES))
    await database.write(partial(revisions.mark_broken, slug=SERIES, trouble="line 7", now=NOW))
    broken = await database.read(lambda c: revisions.load(c, SERIES))
    await database.write(lambda c: revisions.save(c, SERIES, stored(VERSION)))
    well = await database.read(lambda c: revisions.load(c, SERIES))

    assert waiting == replace(stored(VERSION), broken_since=NOW, trouble="much", waiting=WAITING)
    assert broken is not None
    assert broken.waiting is None
    assert well == stored(VERSION)


async def test_where_a_session_was_moved_from_is_remembered(database: Database) -> None:
    away = replace(moved(DAY), moved_from=VERSION.when.starts)

    await database.write(lambda c: revisions.save(c, SERIES, stored(away)))

    assert await database.read(lambda c: revisions.load(c, SERIES)) == stored(away)
