"""Participants: who may get mail, whose link is whose, and what is left after goodbye."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import NoResultFound

from service.reminders.occasion import Audience
from service.store import ledger, membership, owing, participants
from service.store.database import Database
from service.store.keys import Keys, Purpose
from service.store.ledger import DeliveryState
from service.store.participants import Participant, State
from service.store.tables import bounces, deliveries
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, MINUTE, SERIES, VERSION

KEYS = Keys(b"k" * 32)
NOW = DAY_BEFORE
HANA = "Hana@Example.org"


def add(connection: Connection, state: State = State.PENDING, address: str = HANA, **wishes: str) -> Participant:
    return membership.add(
        connection,
        series=wishes.get("series", SERIES),
        address=address,
        name=wishes.get("name", "Hana"),
        language=wishes.get("language", "ko"),
        timezone=wishes.get("timezone", "Asia/Seoul"),
        state=state,
        now=NOW,
    )


def confirmed(connection: Connection) -> Participant:
    return membership.confirm(connection, KEYS, add(connection), NOW)


async def test_an_address_is_one_participant_however_it_is_spelt(database: Database) -> None:
    def go(connection: Connection) -> tuple[Participant, Participant]:
        return add(connection), add(connection, address=" hana@example.ORG ", name="Hana Lee")

    first, second = await database.write(go)

    assert first.id == second.id
    assert second.name == "Hana Lee"


async def test_a_strangers_wish_changes_nothing_of_a_confirmed_participant(database: Database) -> None:
    def go(connection: Connection) -> tuple[Participant, Participant]:
        before = confirmed(connection)
        return before, add(connection, name="Buy now", language="en", timezone="UTC")

    before, after = await database.write(go)

    assert before == after


async def test_a_suppressed_address_stays_so_unless_the_organiser_confirms_it(database: Database) -> None:
    def go(connection: Connection) -> list[State]:
        person = add(connection, State.SUPPRESSED)
        states = [add(connection).state, membership.confirm(connection, KEYS, person, NOW).state]
        return [
            *states,
            membership.unsubscribe(connection, person, NOW).state,
            add(connection, State.CONFIRMED).state,
        ]

    assert await database.write(go) == [State.SUPPRESSED] * 3 + [State.CONFIRMED]


async def test_who_left_and_registers_again_must_confirm_again(database: Database) -> None:
    def go(connection: Connection) -> list[tuple[State, bool]]:
        person = confirmed(connection)
        steps = [membership.unsubscribe(connection, person, NOW), add(connection)]
        steps.append(membership.confirm(connection, KEYS, steps[-1], NOW + DAY))
        return [(step.state, step.since == NOW + DAY) for step in steps]

    assert await database.write(go) == [
        (State.UNSUBSCRIBED, False),
        (State.PENDING, False),
        (State.CONFIRMED, True),
    ]


async def test_confirming_twice_keeps_the_instant_of_the_first_time(database: Database) -> None:
    def go(connection: Connection) -> Participant:
        return membership.confirm(connection, KEYS, confirmed(connection), NOW + DAY)

    assert (await database.write(go)).since == NOW


async def test_a_link_serves_its_purpose_only_and_only_for_its_time(database: Database) -> None:
    def go(connection: Connection) -> dict[tuple[Purpose, Purpose], bool]:
        person = add(connection)
        for purpose in Purpose:
            participants.remember_token(connection, KEYS, person, purpose, NOW + DAY)
        tokens = {purpose: KEYS.token(purpose, person.id, person.generation) for purpose in Purpose}
        assert participants.by_token(connection, Purpose.CONFIRM, tokens[Purpose.CONFIRM], NOW + DAY) is None
        assert participants.by_token(connection, Purpose.CONFIRM, "guess", NOW) is None
        return {
            (asked, made): participants.by_token(connection, asked, tokens[made], NOW + DAY - MINUTE) == person
            for asked in Purpose
            for made in Purpose
        }

    found = await database.write(go)

    assert {pair for pair, works in found.items() if works} == {(purpose, purpose) for purpose in Purpose}


async def test_a_link_lives_on_when_it_is_asked_for_again(database: Database) -> None:
    def go(connection: Connection) -> Participant | None:
        person = add(connection)
        for expires_at in (NOW + DAY, NOW + 3 * DAY):
            participants.remember_token(connection, KEYS, person, Purpose.CONFIRM, expires_at)
        return participants.by_token(
            connection, Purpose.CONFIRM, KEYS.token(Purpose.CONFIRM, person.id, 0), NOW + 2 * DAY
        )

    assert await database.write(go) is not None


async def test_links_of_another_generation_do_not_work(database: Database) -> None:
    def go(connection: Connection) -> Participant | None:
        person = confirmed(connection)
        return participants.by_token(
            connection, Purpose.PREFERENCES, KEYS.token(Purpose.PREFERENCES, person.id, 1), NOW
        )

    assert await database.write(go) is None


async def test_goodbye_takes_back_what_was_still_to_come(database: Database) -> None:
    def go(connection: Connection) -> None:
        season.publish(connection, VERSION)
        season.join(connection, "reader")
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], NOW)
        person = participants.find(connection, SERIES, "reader@example.org")
        assert person
        for _ in range(2):
            membership.unsubscribe(connection, person, NOW)

    await database.write(go)

    (row,) = await database.read(ledger.list_all)
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, "unsubscribed")


async def test_audiences_are_the_confirmed_people_who_share_zone_and_lead_times(database: Database) -> None:
    def go(connection: Connection) -> None:
        for name, timezone in [("a", "Asia/Seoul"), ("b", "Asia/Seoul"), ("c", "Europe/Berlin")]:
            season.join(connection, name, timezone=timezone)
        add(connection)
        add(connection, State.CONFIRMED, series="other")

    await database.write(go)

    here = ((Audience("Asia/Seoul", ""), 2), (Audience("Europe/Berlin", ""), 1))
    assert await database.read(lambda c: participants.audiences(c, SERIES)) == here
    assert await database.read(lambda c: participants.audiences(c, "nothing")) == ()
    everything = {SERIES: here, "other": ((Audience("Asia/Seoul", ""), 1),)}
    assert await database.read(participants.all_audiences) == everything


async def test_a_person_sees_their_own_series_and_nobody_elses(database: Database) -> None:
    def go(connection: Connection) -> list[str]:
        person = confirmed(connection)
        add(connection, State.CONFIRMED, series="another")
        add(connection, State.PENDING, series="not.yet")
        add(connection, State.CONFIRMED, address="other@example.org")
        return [one.series for one in participants.same_person(connection, person)]

    assert await database.write(go) == ["another", SERIES]


async def test_who_is_erased_leaves_no_address_and_no_working_link(database: Database) -> None:
    def go(connection: Connection) -> None:
        season.publish(connection, VERSION)
        person = confirmed(connection)
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], NOW)
        failed = {"kind": "known", "state": DeliveryState.FAILED, "reason": f"550 <{HANA}> is unknown"}
        row = {**owing.prepare(ledger.Kind.KNOWN, SERIES, starts_at=NOW, due_at=NOW, expires_at=NOW, now=NOW), **failed}
        connection.execute(insert(deliveries).values(participant_id=person.id, session="", rule="", **row))
        connection.execute(
            insert(bounces).values(
                participant_id=person.id, delivery_id=1, at=NOW, status="5.1.1", text=HANA, returned=True
            )
        )
        assert membership.remove(connection, SERIES, ["nobody@example.org"], NOW) == 0
        assert membership.remove(connection, SERIES, [HANA.upper()], NOW) == 1
        assert participants.list_all(connection, SERIES) == ()
        assert {row.kind: (row.state, row.reason, row.address) for row in ledger.list_all(connection)} == {
            ledger.Kind.REMINDER: (DeliveryState.CANCELLED, "erased", ""),
            ledger.Kind.WELCOME: (DeliveryState.CANCELLED, "erased", ""),
            ledger.Kind.KNOWN: (DeliveryState.FAILED, "550 <…> is unknown", ""),
        }
        assert list(connection.execute(select(bounces))) == []
        token = KEYS.token(Purpose.PREFERENCES, person.id, 0)
        assert participants.by_token(connection, Purpose.PREFERENCES, token, NOW) is None
        with pytest.raises(NoResultFound):
            participants.by_id(connection, person.id)
        assert add(connection).id != person.id, "an id is never used for somebody else"

    await database.write(go)


def test_a_registration_can_be_confirmed_for_three_days() -> None:
    assert timedelta(days=3) == participants.CONFIRM_WITHIN
