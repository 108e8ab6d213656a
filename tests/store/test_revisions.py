"""Revisions: the last good version comes back as it was, and stays when its source breaks."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from service.schedule.session import Session, Status
from service.schedule.version import Revision
from service.store import revisions
from service.store.database import Database
from service.store.revisions import Stored
from tests.store.season import CANCELLED, DAY, HOUR, SERIES, VERSION, moved

NOW = VERSION.modified
OTHER = replace(moved(DAY), uid="other@example.org", withdrawn=True)


def stored(*versions: object, document: str = "# Season", changed_at: datetime = NOW) -> Stored:
    found = tuple(version for version in versions if isinstance(version, type(VERSION)))
    revision = Revision(versions=found, changes=(), minted=7)
    return Stored(
        title="시즌 🎲",
        language="ko",
        document=document,
        digest="d" * 64,
        changed_at=changed_at,
        content=revision,
        presentation="online",
        presented_at=NOW,
    )


async def test_a_series_that_was_never_read_is_none(database: Database) -> None:
    assert await database.read(lambda c: revisions.load(c, SERIES)) is None


async def test_the_last_good_version_comes_back_as_it_was(database: Database) -> None:
    kept = stored(OTHER, VERSION)

    await database.write(lambda c: revisions.save(c, SERIES, kept))

    assert await database.read(lambda c: revisions.load(c, SERIES)) == kept


async def test_a_new_version_takes_the_place_of_the_old_one_and_of_no_other_series(database: Database) -> None:
    await database.write(lambda c: revisions.save(c, SERIES, stored(VERSION)))
    await database.write(lambda c: revisions.save(c, "other", stored(OTHER)))
    newer = stored(CANCELLED, document="# newer", changed_at=NOW + HOUR)

    await database.write(lambda c: revisions.save(c, SERIES, newer))

    assert await database.read(lambda c: revisions.load(c, SERIES)) == newer
    assert await database.read(lambda c: revisions.load(c, "other")) == stored(OTHER)


async def test_a_broken_source_keeps_what_is_published_and_since_when(database: Database) -> None:
    kept = stored(VERSION)
    await database.write(lambda c: revisions.save(c, SERIES, kept))

    for hours, trouble in [(1, "line 7"), (2, "line 8")]:
        await database.write(partial(revisions.mark_broken, slug=SERIES, trouble=trouble, now=NOW + hours * HOUR))

    found = await database.read(lambda c: revisions.load(c, SERIES))
    assert found == replace(kept, broken_since=NOW + HOUR, trouble="line 8")


async def test_a_source_that_is_read_again_is_well_again(database: Database) -> None:
    await database.write(lambda c: revisions.save(c, SERIES, stored(VERSION)))
    await database.write(lambda c: revisions.mark_broken(c, SERIES, "line 7", NOW))

    await database.write(lambda c: revisions.save(c, SERIES, stored(VERSION)))

    assert await database.read(lambda c: revisions.load(c, SERIES)) == stored(VERSION)


async def test_rows_that_are_no_dated_meeting_come_back_as_they_were(database: Database) -> None:
    kept = stored(VERSION)
    free = replace(VERSION.session, title="no meeting:\nSeollal", status=Status.BREAK)
    kept = replace(kept, content=replace(kept.revision, asides=(free, Session(title="Guest talk"))))

    await database.write(lambda c: revisions.save(c, SERIES, kept))

    assert await database.read(lambda c: revisions.load(c, SERIES)) == kept
