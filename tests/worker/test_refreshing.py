"""Refreshing: what is edited is published and told once, and what cannot be read changes nothing."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from service.reminders.occasion import Audience, list_occasions
from service.reminders.rule import parse_rules
from service.schedule import arrangement
from service.schedule.cadence import Cadence
from service.schedule.version import ChangeKind, Version
from service.sources.reading import Reading, SourceTrouble
from service.store import claiming, ledger, owing, revisions, settling
from service.store.database import Database, DatabaseTrouble
from service.store.lanes import Lane
from service.store.ledger import TO_ORGANISER, Delivery, DeliveryState, Kind
from service.store.revisions import Stored
from service.store.settling import Settlement
from service.worker.refreshing import Refresher
from service.worker.understanding import Watched
from tests.store import season
from tests.store.season import DAY, HOUR, MINUTE, SEOUL, SERIES

NOW = datetime(2024, 1, 25, 12, tzinfo=SEOUL)
HEAD = "# Season\n\n| Date | Topic | Speaker |\n|---|---|---|\n"
ROWS = (
    "| 2024-01-27 | Scaling laws | Hana |\n| 2024-02-03 | Instruction tuning | Duri |\n| 2024-02-10 | Chains | Sena |\n"
)
GOOD = HEAD + ROWS
MOVED = GOOD.replace("2024-01-27", "2024-01-28")
CANCELLED = GOOD.replace("| Scaling laws |", "| ~~Scaling laws~~ (cancelled) |")


class Desk:
    """A source that holds what a test puts there."""

    name = "season.md"

    def __init__(self, text: str = GOOD) -> None:
        self.text = text
        self.trouble = ""
        self._given = ""

    def is_at_rest(self) -> bool:
        return self.text == self._given and not self.trouble

    async def read(self) -> Reading | None:
        if self.trouble:
            self._given = ""
            raise SourceTrouble(self.trouble)
        if self.text == self._given:
            return None
        self._given = self.text
        return Reading(self.text, hashlib.sha256(self.text.encode()).hexdigest())


class House:
    """One series that is kept refreshed, what it has published, and a clock to turn."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database, self.desk, self.time = database, desk, NOW
        self.published: list[Stored] = []
        self.refresher = self.employ()

    def employ(self) -> Refresher:
        cadence = Cadence(timezone=ZoneInfo("Asia/Seoul"), starts_at=time(21))
        watched = Watched(
            slug=SERIES,
            source=self.desk,
            cadence=cadence,
            year=None,
            namespace=f"bell.example.org/{SERIES}",
            has_organiser=True,
        )
        return Refresher(watched, self.database, lambda _, stored: self.published.append(stored), lambda: self.time)

    async def edit(self, text: str, *, after: timedelta = HOUR) -> bool:
        self.desk.text = text
        self.time += after
        return await self.refresher.refresh()

    @property
    def versions(self) -> tuple[Version, ...]:
        return self.published[-1].revision.versions

    async def tell_everybody(self) -> None:
        """Two readers get a reminder of the first session."""
        (occasion,) = list_occasions(self.versions[:1], [Audience("Asia/Seoul", "")], parse_rules("3d"))

        def send(connection: Connection) -> None:
            for name in ("one", "other"):
                season.join(connection, name)
            assert owing.owe_reminders(connection, SERIES, occasion, self.time) == 2
            for row in claiming.claim(connection, "me", Lane.REMINDERS, self.time, 9):
                claiming.hand_off(connection, "me", [row], self.time)
                settling.settle(connection, [(row, Settlement(state=DeliveryState.SENT, reason="ok"))], self.time)

        await self.database.write(send)

    async def notices(self) -> list[Delivery]:
        rows = await self.database.read(ledger.list_all)
        return [row for row in rows if row.kind is not Kind.REMINDER and row.kind not in TO_ORGANISER]

    async def told_organiser(self) -> list[Kind]:
        rows = await self.database.read(ledger.list_all)
        return [row.kind for row in rows if row.kind in TO_ORGANISER]


@pytest.fixture
async def house(database: Database) -> House:
    opened = House(database, Desk())
    assert await opened.refresher.refresh()
    return opened


async def test_the_first_reading_is_published_and_kept(house: House) -> None:
    assert [version.session.title for version in house.versions] == ["Scaling laws", "Instruction tuning", "Chains"]
    assert await house.database.read(partial(revisions.load, slug=SERIES)) is not None
    assert house.published[-1].changed_at == NOW


async def test_an_unchanged_document_publishes_nothing(house: House) -> None:
    assert not await house.refresher.refresh()
    assert len(house.published) == 1


@pytest.mark.parametrize("after", [MINUTE, HOUR, 15 * DAY])
@pytest.mark.parametrize("text", [GOOD, MOVED, CANCELLED, HEAD, HEAD + ROWS[:40]])
async def test_a_series_that_is_at_rest_has_nothing_to_do(house: House, text: str, after: timedelta) -> None:
    await house.edit(text, after=after)
    shown = len(house.published)
    house.time += MINUTE

    if house.refresher.is_at_rest():
        assert not await house.refresher.refresh()
        assert len(house.published) == shown
    house.desk.text += "\n"
    assert not house.refresher.is_at_rest()


async def test_a_series_is_not_at_rest_while_an_edit_waits_or_when_an_hour_has_passed(house: House) -> None:
    assert house.refresher.is_at_rest()
    house.time += HOUR
    assert not house.refresher.is_at_rest()
    await house.edit(HEAD + ROWS[:40])
    assert (Kind.EDIT_WAITS in await house.told_organiser()) is not house.refresher.is_at_rest()


async def test_an_edit_that_nobody_sees_changes_no_session_and_no_date(house: House) -> None:
    assert await house.edit(GOOD + "\n\n")

    before, after = house.published
    assert after.revision.versions == before.revision.versions
    assert after.changed_at == before.changed_at


@pytest.mark.parametrize(
    ("text", "kind", "starts"),
    [
        (MOVED, Kind.MOVED, datetime(2024, 1, 28, 21, tzinfo=SEOUL)),
        (CANCELLED, Kind.CANCELLED, datetime(2024, 1, 27, 21, tzinfo=SEOUL)),
        (
            GOOD.replace("| 2024-01-27 | Scaling laws | Hana |\n", ""),
            Kind.CANCELLED,
            datetime(2024, 1, 27, 21, tzinfo=SEOUL),
        ),
    ],
    ids=["moved", "cancelled", "removed"],
)
async def test_an_edit_is_told_after_ten_minutes_to_those_who_were_told(
    house: House, text: str, kind: Kind, starts: datetime
) -> None:
    await house.tell_everybody()
    uid = house.versions[0].uid

    assert await house.edit(text)

    notices = await house.notices()
    assert [(row.kind, row.session, row.starts_at) for row in notices] == [(kind, uid, starts)] * 2
    assert all(row.due_at == house.time + 10 * MINUTE for row in notices)
    assert all(row.told_at == datetime(2024, 1, 27, 21, tzinfo=SEOUL) for row in notices)


async def test_nobody_is_told_of_what_they_never_heard_of(house: House) -> None:
    await house.edit(MOVED)

    assert await house.notices() == []


async def test_a_title_that_is_corrected_is_no_reason_to_write(house: House) -> None:
    await house.tell_everybody()
    await house.edit(GOOD.replace("Scaling laws", "Scaling laws, again"))

    assert await house.notices() == []


async def test_a_correction_of_a_correction_within_ten_minutes_is_one_notice(house: House) -> None:
    await house.tell_everybody()
    await house.edit(MOVED)
    await house.edit(GOOD.replace("2024-01-27", "2024-01-29"), after=5 * MINUTE)

    open_ones = [row for row in await house.notices() if row.state is DeliveryState.PLANNED]
    assert [row.starts_at.day for row in open_ones] == [29, 29]


async def test_an_edit_that_is_undone_in_time_is_told_to_nobody(house: House) -> None:
    await house.tell_everybody()
    await house.edit(CANCELLED)
    await house.edit(GOOD, after=5 * MINUTE)

    assert {row.state for row in await house.notices()} == {DeliveryState.CANCELLED}


async def test_a_session_that_is_over_is_not_written_about(house: House) -> None:
    await house.tell_everybody()
    await house.edit(CANCELLED, after=10 * DAY)

    assert await house.notices() == []


async def test_uids_and_sequences_survive_edits_and_restarts(house: House) -> None:
    uids = {version.session.title: version.uid for version in house.versions}
    await house.edit(MOVED)
    house.refresher = house.employ()
    house.desk._given = ""

    assert await house.refresher.restore()
    restored = house.versions
    await house.refresher.refresh()

    assert house.versions == restored
    assert {version.session.title: version.uid for version in restored} == uids
    assert [version.sequence for version in restored] == [1, 0, 0]
    await house.edit(GOOD)
    assert [version.sequence for version in house.versions] == [2, 0, 0]


async def test_nothing_is_restored_where_nothing_was_kept(database: Database) -> None:
    house = House(database, Desk())

    assert not await house.refresher.restore()
    assert house.published == []


@pytest.mark.parametrize("text", ["", "no table here", HEAD, "| Date |\n|---|\n| tomorrow |\n"])
async def test_a_document_without_sessions_leaves_the_last_good_version_and_is_told_once(
    house: House, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    good, broken_at = house.versions, NOW + HOUR
    caplog.set_level(logging.ERROR)
    await house.tell_everybody()

    assert await house.edit(text)
    assert not await house.refresher.refresh()

    assert house.versions == good
    assert (house.published[-1].broken_since, house.published[-1].document) == (broken_at, GOOD)
    assert "season.md" in house.published[-1].trouble
    assert len(caplog.records) == 1
    assert await house.notices() == []


async def test_a_source_that_is_away_is_told_once_and_is_well_when_it_is_back(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    house.desk.trouble = "season.md: there is no such file"
    assert [await house.refresher.refresh() for _ in range(3)] == [True, False, False]
    since = house.published[-1].broken_since

    house.refresher = house.employ()
    await house.refresher.restore()
    assert not await house.refresher.refresh(), "a restart is no news"
    assert house.published[-1].broken_since == since == NOW
    house.desk.trouble = ""
    assert await house.refresher.refresh()

    assert (house.published[-1].broken_since, house.published[-1].trouble) == (None, "")
    assert len(caplog.records) == 2
    assert await house.database.read(partial(revisions.load, slug=SERIES)) == _without_changes(house.published[-1])


def _without_changes(stored: Stored) -> Stored:
    return replace(stored, content=replace(stored.revision, changes=(), diagnostics=()))


async def test_a_series_that_never_could_be_read_is_told_once(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    desk.trouble = "season.md: there is no such file"
    house = House(database, desk)

    assert [await house.refresher.refresh() for _ in range(3)] == [False] * 3
    assert len(caplog.records) == 1
    desk.trouble = ""
    assert await house.refresher.refresh()


async def test_a_fault_of_our_own_is_trouble_with_the_document_and_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> object:
        raise ZeroDivisionError("a bug")

    good = house.versions
    with monkeypatch.context() as patch:
        patch.setattr(arrangement, "arrange", fail)
        assert await house.edit(MOVED)

    assert house.versions == good
    assert "ZeroDivisionError" in house.published[-1].trouble


def refuse_once(database: Database, patch: pytest.MonkeyPatch) -> Callable[[], int]:
    write = database.write
    refused: list[object] = []

    async def refuse(work: Any) -> Any:
        if not refused:
            refused.append(work)
            raise DatabaseTrouble("the disk is full")
        return await write(work)

    patch.setattr(database, "write", refuse)
    return lambda: len(refused)


@pytest.mark.parametrize("text", [MOVED, "broken"])
async def test_what_could_not_be_kept_is_taken_up_again_although_the_source_has_nothing_new(
    house: House, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    refused = refuse_once(house.database, monkeypatch)
    with pytest.raises(DatabaseTrouble):
        await house.edit(text)
    assert len(house.published) == 1

    assert await house.refresher.refresh()

    assert refused() == 1
    assert len(house.published) == 2
    assert not await house.refresher.refresh()


async def test_what_is_published_is_put_out_anew_every_hour(house: House) -> None:
    house.time += 59 * MINUTE
    await house.refresher.refresh()
    assert len(house.published) == 1

    house.time += MINUTE
    await house.refresher.refresh()
    await house.refresher.refresh()
    assert len(house.published) == 2
    assert house.published[0] == house.published[1]


async def test_an_address_in_the_document_is_not_published(house: House) -> None:
    await house.edit(
        GOOD.replace("Hana", "Hana <hana.lee@example.org>").replace("Chains", "Chains, ask duri@example.org")
    )

    assert "@example.org" not in "".join(repr(version.session) for version in house.versions)


def table(*rows: str) -> str:
    return "# Season\n\n| Date | Topic | Speaker |\n|---|---|---|\n" + "".join(f"{row}\n" for row in rows)


UNDATED = "# Season\n\n| Week | Topic | Speaker |\n|---|---|---|\n| 1 | Scaling laws | Hana |\n"
LONG = table(*(f"| 2024-02-{day:02} | Topic {day} | Hana |" for day in range(1, 11)))
HALF = table(*(f"| 2024-02-{day:02} | Topic {day} | Hana |" for day in range(1, 6)))
LATER = table(*(f"| 2024-03-{day:02} | Topic {day} | Hana |" for day in range(1, 11)))


@pytest.mark.parametrize(("edit", "why"), [(HALF, "more than 30 %"), (LATER, "more than 30 %")], ids=["half", "moved"])
async def test_an_edit_that_touches_much_waits_until_the_organiser_allows_it(house: House, edit: str, why: str) -> None:
    assert await house.edit(LONG)
    before = house.published[-1]

    assert await house.edit(edit)

    assert house.published[-1].revision == before.revision
    assert why in house.published[-1].trouble
    assert await house.told_organiser() == [Kind.EDIT_WAITS]
    assert not await house.refresher.refresh(), "it waits as long as nobody says anything"
    digest = hashlib.sha256(edit.encode()).hexdigest()
    assert await house.database.write(lambda connection: revisions.accept(connection, SERIES, digest))
    assert await house.refresher.refresh()
    assert house.published[-1].document == edit
    assert not house.published[-1].trouble
    assert await house.told_organiser() == [Kind.EDIT_WAITS]


async def test_what_the_edit_that_waits_would_do_is_kept_to_be_looked_at(house: House) -> None:
    await house.edit(LONG)
    await house.edit(HALF)
    half = house.published[-1].waiting

    assert await house.edit(LATER), "it waits for the same reason, and is another one"
    later = house.published[-1].waiting

    assert half is not None
    assert {(effect.kind, effect.after.title) for effect in half.effects} == {
        (ChangeKind.CANCELLED, f"Topic {number}") for number in range(6, 11)
    }
    assert later is not None
    assert later.digest == hashlib.sha256(LATER.encode()).hexdigest()
    assert {effect.kind for effect in later.effects} == {ChangeKind.MOVED}
    kept = await house.database.read(partial(revisions.load, slug=SERIES))
    assert kept is not None
    assert kept.waiting == later

    await house.edit("nothing")
    assert house.published[-1].waiting is None


async def test_an_edit_that_waits_and_is_undone_is_forgotten(house: House) -> None:
    await house.edit(LONG)
    await house.edit(HALF)

    assert await house.edit(LONG)

    assert house.published[-1].broken_since is None
    assert house.published[-1].waiting is None
    assert house.published[-1].document == LONG


async def test_an_edit_that_was_allowed_beforehand_does_not_wait(house: House) -> None:
    await house.edit(LONG)
    digest = hashlib.sha256(HALF.encode()).hexdigest()
    await house.database.write(lambda connection: revisions.accept(connection, SERIES, digest))

    await house.edit(HALF)

    assert house.published[-1].document == HALF


async def test_the_organiser_hears_once_of_each_fault_and_once_that_all_is_well(house: House) -> None:
    for text in ("nothing", "nothing", UNDATED, GOOD, GOOD):
        await house.edit(text)

    assert await house.told_organiser() == [Kind.SOURCE_BROKEN, Kind.SOURCE_BROKEN, Kind.SOURCE_HEALED]


async def test_what_readers_are_told_beside_the_sessions_is_dated_by_its_last_change(house: House) -> None:
    first = house.published[-1].presented_at

    await house.edit(GOOD.replace("Scaling laws", "Scaling"))
    assert house.published[-1].presented_at == first

    await house.edit(GOOD.replace("# Season", "# Another season"))
    assert house.published[-1].presented_at == house.time
