"""Threads: who is told something about a session again finds it beside what they were told first."""

from sqlalchemy import Connection, update

from service.store import claiming, ledger, owing
from service.store.database import Database
from service.store.lanes import Lane
from service.store.ledger import Delivery, DeliveryState, Kind
from service.store.noticing import News, owe_notice
from service.store.tables import deliveries
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, HOUR, SERIES, START, VERSION, moved


def open_season(connection: Connection, *names: str) -> None:
    season.publish(connection, VERSION)
    for name in names:
        season.join(connection, name)


def remind(connection: Connection, rule: str) -> list[Delivery]:
    """Owe and claim the reminders of a rule."""
    occasion = season.occasions()[rule]
    owing.owe_reminders(connection, SERIES, occasion, occasion.due_at)
    return claiming.claim(connection, "me", Lane.REMINDERS, occasion.due_at, 10)


def close(connection: Connection, *rows: Delivery, state: DeliveryState = DeliveryState.SENT) -> None:
    these = deliveries.c.id.in_([row.id for row in rows])
    connection.execute(update(deliveries).where(these).values(state=state, owner="", settled_at=DAY_BEFORE))


async def test_later_mails_about_a_session_refer_to_the_first_that_was_sent(database: Database) -> None:
    def go(connection: Connection) -> list[list[Delivery]]:
        open_season(connection, "reader")
        told = []
        for rule in ("7d", "1d", "1h"):
            told.append(remind(connection, rule))
            close(connection, *told[-1])
        return told

    (first,), (second,), (third,) = await database.write(go)

    assert first.thread == ""
    assert second.thread == third.thread == first.key


async def test_what_was_not_sent_begins_no_thread(database: Database) -> None:
    def go(connection: Connection) -> list[Delivery]:
        open_season(connection, "reader")
        close(connection, *remind(connection, "7d"), state=DeliveryState.FAILED)
        return remind(connection, "1d")

    (row,) = await database.write(go)

    assert row.thread == ""


async def test_everybody_has_threads_of_their_own(database: Database) -> None:
    def go(connection: Connection) -> tuple[list[Delivery], list[Delivery]]:
        open_season(connection, "one", "other")
        first = remind(connection, "7d")
        close(connection, *first)
        return first, remind(connection, "1d")

    first, later = await database.write(go)

    assert {row.participant_id: row.thread for row in later} == {row.participant_id: row.key for row in first}


async def test_a_notice_stands_beside_the_reminder_that_it_corrects(database: Database) -> None:
    news = News(kind=Kind.MOVED, session=VERSION.uid, starts_at=START + DAY, edition=1, due_at=DAY_BEFORE)

    def go(connection: Connection) -> tuple[list[Delivery], list[Delivery]]:
        open_season(connection, "reader")
        first = remind(connection, "7d")
        close(connection, *first)
        season.publish(connection, moved(DAY))
        owe_notice(connection, SERIES, news, DAY_BEFORE - HOUR)
        return first, claiming.claim(connection, "me", Lane.NOTICES, DAY_BEFORE, 10)

    (first,), (notice,) = await database.write(go)

    assert notice.thread == first.key


async def test_mails_about_no_session_stand_alone(database: Database) -> None:
    def go(connection: Connection) -> list[Delivery]:
        open_season(connection, "reader")
        close(connection, *remind(connection, "7d"))
        for _ in range(2):
            owing.owe(connection, Kind.KNOWN, SERIES, 1, DAY_BEFORE, START)
        return claiming.claim(connection, "me", Lane.SIGN_UPS, DAY_BEFORE, 10)

    assert {row.thread for row in await database.write(go)} == {""}
    assert len(await database.read(ledger.list_all)) == 2
