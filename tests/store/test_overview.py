"""The overview: documents, people, the ledger and what went wrong in it, at one moment."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert, update

from service.reminders.occasion import Audience
from service.reminders.outlook import Absence
from service.store import membership, revisions
from service.store.crowds import list_crowds
from service.store.database import Database
from service.store.fetches import Family, keep_fetches
from service.store.lanes import Hold, Lane, hold
from service.store.ledger import DeliveryState, Kind
from service.store.overview import find_alike, look
from service.store.participants import State
from service.store.tables import deliveries
from service.store.tables import participants as people
from tests.store.season import DAY, HOUR, MINUTE, SERIES, START, VERSION
from tests.store.test_revisions import stored
from tests.store.test_waiting import WAITING

NOW = START - DAY


def add(connection: Connection, name: str, *, state: State = State.CONFIRMED, timezone: str = "Asia/Seoul") -> int:
    return membership.add(
        connection,
        series=SERIES,
        address=f"{name}@example.org",
        name=name,
        language="ko",
        timezone=timezone,
        state=state,
        now=NOW,
    ).id


def enter(connection: Connection, person: int, state: DeliveryState, settled: datetime | None, **changes: Any) -> int:
    row = {
        "kind": Kind.REMINDER,
        "series": SERIES,
        "participant_id": person,
        "session": VERSION.uid,
        "rule": "7d",
        "starts_at": START,
        "due_at": NOW - HOUR,
        "next_at": NOW - HOUR,
        "expires_at": NOW - MINUTE,
        "state": state,
        "reason": "550 no such user",
        "created_at": NOW - HOUR,
        "settled_at": settled,
    }
    statement = insert(deliveries).values(**(row | changes)).returning(deliveries.c.id)
    return int(connection.execute(statement).scalar_one())


async def test_of_an_empty_database_there_is_nothing_to_see(database: Database) -> None:
    seen = await database.read(partial(look, now=NOW))

    assert (seen.documents, seen.people, seen.fetches, seen.queues, seen.concerns, seen.holds) == (
        {},
        {},
        {},
        [],
        [],
        (),
    )
    assert set(seen.states.values()) == {0}


async def test_each_document_is_seen_with_what_is_wrong_with_it(database: Database) -> None:
    def write(connection: Connection) -> None:
        for slug in ("fine", "broken", "waits", "accepted"):
            found = replace(VERSION, uid=f"{slug}@example.org")
            revisions.save(connection, slug, stored(found))
        revisions.mark_broken(connection, "broken", "season.md:7:1: no date", NOW)
        for slug in ("waits", "accepted"):
            revisions.mark_broken(connection, slug, "much", NOW, WAITING)
        revisions.accept(connection, "accepted", WAITING.digest)

    await database.write(write)
    documents = (await database.read(partial(look, now=NOW))).documents

    assert {slug: (one.broken_since, one.trouble) for slug, one in documents.items()} == {
        "fine": (None, ""),
        "broken": (NOW, "season.md:7:1: no date"),
        "waits": (NOW, "much"),
        "accepted": (NOW, "much"),
    }
    assert {slug: one.waiting for slug, one in documents.items() if one.waiting} == {
        "waits": WAITING,
        "accepted": WAITING,
    }
    assert [slug for slug, one in documents.items() if one.is_accepted] == ["accepted"]


async def test_people_and_fetches_are_counted_by_series(database: Database) -> None:
    def write(connection: Connection) -> None:
        for name in ("hana", "duri"):
            add(connection, name)
        add(connection, "sena", state=State.PENDING)
        keep_fetches(connection, {(SERIES, Family.GOOGLE): NOW})

    await database.write(write)
    seen = await database.read(partial(look, now=NOW))

    assert seen.people == {SERIES: {State.CONFIRMED: 2, State.PENDING: 1}}
    assert seen.fetches == {SERIES: {Family.GOOGLE: NOW}}


async def test_mails_that_went_wrong_in_the_same_way_are_one_concern_the_latest_first(database: Database) -> None:
    def write(connection: Connection) -> list[int]:
        people = [add(connection, f"p{number}") for number in range(5)]
        same = [enter(connection, person, DeliveryState.FAILED, NOW - HOUR) for person in people[:3]]
        other = enter(connection, people[3], DeliveryState.FAILED, NOW - MINUTE, reason="552 full")
        enter(connection, people[4], DeliveryState.SENT, NOW)
        enter(connection, people[0], DeliveryState.EXPIRED, NOW - 15 * DAY, rule="1d")  # long ago
        parked = enter(connection, people[1], DeliveryState.PARKED, NOW - 15 * DAY, rule="1d", expires_at=NOW + HOUR)
        return [*same, other, parked]

    *same, other, parked = await database.write(write)
    concerns = (await database.read(partial(look, now=NOW))).concerns

    assert [(one.delivery.id, one.count) for one in concerns] == [(other, 1), (same[-1], 3), (parked, 1)]
    assert [one.last_at for one in concerns] == [NOW - MINUTE, NOW - HOUR, NOW - 15 * DAY]
    assert concerns[0].delivery.address == "p3@example.org"
    assert await database.read(partial(find_alike, delivery_id=same[0])) == same
    assert await database.read(partial(find_alike, delivery_id=other)) == [other]
    assert await database.read(partial(find_alike, delivery_id=99999)) == ()


async def test_what_waits_in_the_ledger_is_seen_by_kind_and_session(database: Database) -> None:
    def write(connection: Connection) -> None:
        for number, name in enumerate(("hana", "duri")):
            person = add(connection, name)
            enter(connection, person, DeliveryState.PLANNED, None, next_at=NOW + number * MINUTE)
            enter(connection, person, DeliveryState.PLANNED, None, kind=Kind.MOVED, next_at=NOW - MINUTE)

    await database.write(write)
    queues = (await database.read(partial(look, now=NOW))).queues

    assert [(one.kind, one.session, one.next_at, one.count) for one in queues] == [
        (Kind.MOVED, VERSION.uid, NOW - MINUTE, 2),
        (Kind.REMINDER, VERSION.uid, NOW, 2),
    ]


async def test_lanes_that_are_held_are_seen(database: Database) -> None:
    held = Hold(lane=Lane.REMINDERS, refusal="550 5.7.1", reason="550 5.7.1 no", since=NOW, until=NOW + HOUR, rest=HOUR)
    await database.write(partial(hold, wanted=held, refused=(), now=NOW))

    assert (await database.read(partial(look, now=NOW))).holds == (held,)


async def test_a_crowd_is_counted_by_audience_and_by_the_names_that_matter(database: Database) -> None:
    def write(connection: Connection) -> None:
        for name in ("hana", "duri"):
            add(connection, name)
        add(connection, "sena", timezone="Europe/Berlin")
        add(connection, "bada", state=State.PENDING)
        connection.execute(update(people).where(people.c.name == "sena").values(paused_until=NOW))

    await database.write(write)
    crowds = await database.read(partial(list_crowds, names={"hana", "bada", "sena"}))

    seoul, berlin = Audience("Asia/Seoul", ""), Audience("Europe/Berlin", "")
    assert crowds[SERIES].audiences == {seoul: 2, berlin: 1}
    assert crowds[SERIES].names == {(seoul, "hana"): 1, (berlin, "sena"): 1}
    assert crowds[SERIES].absent == [Absence(audience=berlin, name="sena", until=NOW)]
    assert await database.read(partial(list_crowds, names=set())) != {}
