"""Inviting: whoever's calendar lacks something is owed one mail, and nobody else any."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from service.reminders.calendar_entry import CORRECTED_WITHIN, GONE, list_entries, tell_gist
from service.schedule.version import Version
from service.store import claiming, inviting, ledger, membership, owing, participants, settling, withdrawing
from service.store.database import Database
from service.store.lanes import lane_of
from service.store.ledger import Delivery, DeliveryState, Kind
from service.store.noticing import News, owe_notice
from service.store.settling import Settlement
from service.store.tables import participants as people
from tests.store import season
from tests.store.season import CANCELLED, DAY, DAY_BEFORE, HOUR, MINUTE, SERIES, SESSION, START, VERSION

SENT = Settlement(state=DeliveryState.SENT, reason="250 ok")
RENAMED = season.revise(replace(SESSION, title="another"), 1)
FAR = START - 30 * DAY


def join(connection: Connection, *names: str, invitations: bool = True) -> list[int]:
    season.publish(connection, VERSION)
    ids = [season.join(connection, name) for name in names]
    connection.execute(update(people).where(people.c.id.in_(ids)).values(invitations=invitations))
    return ids


def wish(connection: Connection, *, invitations: bool) -> None:
    connection.execute(update(people).values(invitations=invitations))


def invite(connection: Connection, version: Version, now: datetime) -> int:
    """Owe invitations to what is published now; how many are new."""
    season.publish(connection, version)
    return sum(inviting.owe_invitations(connection, SERIES, entry, now) for entry in list_entries([version], now))


def tell(connection: Connection, kind: Kind, version: Version, now: datetime) -> int:
    """Owe a notice of a change."""
    season.publish(connection, version)
    withdrawing.call_off(connection, version.uid, withdrawing.SUPERSEDED, now)
    news = News(
        kind=kind,
        session=version.uid,
        starts_at=version.when.starts,
        edition=version.sequence,
        gist=tell_gist(version),
        due_at=now + CORRECTED_WITHIN,
    )
    return owe_notice(connection, SERIES, news, now)


def send(connection: Connection, now: datetime) -> list[Kind]:
    """Send what is due of notices and invitations; what was sent."""
    batch = claiming.claim(connection, "me", lane_of(Kind.INVITATION), now, 99)
    may_leave = claiming.hand_off(connection, "me", batch, now)
    leaving = [one for one in batch if one.id in may_leave]
    settling.settle(connection, [(one, SENT) for one in leaving], now)
    return [one.kind for one in leaving]


def rows(connection: Connection) -> list[Delivery]:
    return ledger.list_all(connection)


async def test_whoever_wants_invitations_is_owed_one_once(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        join(connection, "one", "other")
        join(connection, "without", invitations=False)
        (left,) = join(connection, "left")
        membership.unsubscribe(connection, participants.by_id(connection, left), DAY_BEFORE)
        owed = [invite(connection, VERSION, DAY_BEFORE) for _ in range(2)]
        send(connection, DAY_BEFORE)
        return [*owed, invite(connection, VERSION, DAY_BEFORE + HOUR)]

    assert await database.write(go) == [2, 0, 0]
    for row in await database.read(rows):
        assert (row.kind, row.rule, row.state) == (Kind.INVITATION, "0", DeliveryState.SENT)
        assert (row.gist, row.told_at, row.starts_at) == (tell_gist(VERSION), None, START)
        assert row.expires_at == START


async def test_whoever_comes_later_is_owed_what_is_ahead(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        join(connection, "early")
        owed = [invite(connection, VERSION, DAY_BEFORE)]
        join(connection, "late")
        return [*owed, invite(connection, VERSION, DAY_BEFORE + HOUR)]

    assert await database.write(go) == [1, 1]


async def test_a_session_far_away_is_told_only_to_calendars_that_show_something_else(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        join(connection, "one")
        owed = [invite(connection, VERSION, FAR), invite(connection, VERSION, DAY_BEFORE)]
        send(connection, DAY_BEFORE)
        join(connection, "other")
        return [*owed, invite(connection, season.moved(60 * DAY), DAY_BEFORE + HOUR)]

    assert await database.write(go) == [0, 1, 1]
    assert (await database.read(rows))[-1].told_at == START


async def test_a_change_that_is_worth_it_is_an_update_and_its_undoing_another(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        join(connection, "one")
        owed = []
        for hours, version in enumerate((VERSION, RENAMED, season.revise(sequence=2), season.revise(sequence=3))):
            owed.append(invite(connection, version, DAY_BEFORE + hours * HOUR))
            send(connection, DAY_BEFORE + hours * HOUR)
        return owed

    assert await database.write(go) == [1, 1, 1, 0]
    told = [(row.rule, row.told_at) for row in await database.read(rows)]
    assert told == [("0", None), ("1", START), ("2", START)]


async def test_a_notice_tells_the_calendar_too_so_that_one_mail_is_enough(database: Database) -> None:
    moved = season.moved(DAY)

    def go(connection: Connection) -> list[object]:
        join(connection, "one")
        invite(connection, VERSION, DAY_BEFORE)
        send(connection, DAY_BEFORE)
        told = tell(connection, Kind.MOVED, moved, DAY_BEFORE + HOUR)
        owed = invite(connection, moved, DAY_BEFORE + 2 * HOUR)
        sent = send(connection, DAY_BEFORE + 2 * HOUR)
        return [told, owed, sent, invite(connection, moved, DAY_BEFORE + 3 * HOUR)]

    assert await database.write(go) == [1, 0, [Kind.MOVED], 0]
    assert (await database.read(rows))[-1].gist == tell_gist(moved)


async def test_a_notice_tells_nothing_to_the_calendar_of_who_wants_no_invitations(database: Database) -> None:
    def go(connection: Connection) -> int:
        join(connection, "one")
        invite(connection, VERSION, DAY_BEFORE)
        send(connection, DAY_BEFORE)
        wish(connection, invitations=False)
        return tell(connection, Kind.MOVED, season.moved(DAY), DAY_BEFORE + HOUR)

    assert await database.write(go) == 1
    assert (await database.read(rows))[-1].gist == ""


async def test_a_cancelled_session_is_told_to_calendars_that_show_it_and_comes_back(database: Database) -> None:
    again = season.revise(sequence=2)

    def go(connection: Connection) -> list[object]:
        join(connection, "shown")
        invite(connection, VERSION, DAY_BEFORE)
        send(connection, DAY_BEFORE)
        told = [tell(connection, Kind.CANCELLED, CANCELLED, DAY_BEFORE + HOUR)]
        sent = [send(connection, DAY_BEFORE + 2 * HOUR)]
        told.append(tell(connection, Kind.RESTORED, again, DAY_BEFORE + 3 * HOUR))
        sent.append(send(connection, DAY_BEFORE + 4 * HOUR))
        return [told, sent, invite(connection, again, DAY_BEFORE + 5 * HOUR)]

    assert await database.write(go) == [[1, 1], [[Kind.CANCELLED], [Kind.RESTORED]], 0]
    assert [row.gist for row in await database.read(rows)] == [tell_gist(VERSION), GONE, tell_gist(VERSION)]


async def test_a_cancelled_session_leaves_the_calendar_even_of_who_wants_no_more_invitations(
    database: Database,
) -> None:
    def go(connection: Connection) -> int:
        join(connection, "shown")
        invite(connection, VERSION, DAY_BEFORE)
        send(connection, DAY_BEFORE)
        wish(connection, invitations=False)
        return tell(connection, Kind.CANCELLED, CANCELLED, DAY_BEFORE + HOUR)

    assert await database.write(go) == 1
    assert (await database.read(rows))[-1].gist == GONE


async def test_a_calendar_that_never_showed_a_session_does_not_hear_that_it_is_cancelled(database: Database) -> None:
    def go(connection: Connection) -> int:
        join(connection, "reminded")
        owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE)
        batch = claiming.claim(connection, "me", lane_of(Kind.REMINDER), DAY_BEFORE, 9)
        claiming.hand_off(connection, "me", batch, DAY_BEFORE)
        settling.settle(connection, [(one, SENT) for one in batch], DAY_BEFORE)
        return tell(connection, Kind.CANCELLED, CANCELLED, DAY_BEFORE + HOUR)

    assert await database.write(go) == 1
    assert (await database.read(rows))[-1].gist == ""


async def test_what_a_planned_notice_will_tell_follows_an_edit(database: Database) -> None:
    moved = season.moved(DAY)
    renamed = replace(moved, session=replace(moved.session, title="another"), sequence=2)

    def go(connection: Connection) -> list[object]:
        join(connection, "one")
        invite(connection, VERSION, DAY_BEFORE)
        send(connection, DAY_BEFORE)
        tell(connection, Kind.MOVED, moved, DAY_BEFORE + HOUR)
        inviting.tell_planned(connection, moved.uid, tell_gist(renamed))
        season.publish(connection, renamed)
        sent = send(connection, DAY_BEFORE + 2 * HOUR)
        return [sent, invite(connection, renamed, DAY_BEFORE + 3 * HOUR)]

    assert await database.write(go) == [[Kind.MOVED], 0]


async def test_the_last_check_asks_whether_it_is_wanted_and_still_so(database: Database) -> None:
    def go(connection: Connection) -> list[object]:
        (one,) = join(connection, "one")
        invite(connection, VERSION, DAY_BEFORE)
        wish(connection, invitations=False)
        found: list[object] = [send(connection, DAY_BEFORE), [(row.state, row.reason) for row in rows(connection)]]
        wish(connection, invitations=True)
        found.append(invite(connection, VERSION, DAY_BEFORE + MINUTE))

        season.publish(connection, RENAMED)
        found += [send(connection, DAY_BEFORE + HOUR), rows(connection)[0].reason]

        found.append(invite(connection, RENAMED, DAY_BEFORE + HOUR))
        membership.unsubscribe(connection, participants.by_id(connection, one), DAY_BEFORE + HOUR)
        return [*found, send(connection, DAY_BEFORE + HOUR)]

    uninvited = [(DeliveryState.CANCELLED, withdrawing.UNINVITED)]
    assert await database.write(go) == [[], uninvited, 1, [], withdrawing.SUPERSEDED, 1, []]


async def test_an_invitation_that_waits_is_replaced_by_a_later_edition_of_the_same(database: Database) -> None:
    later = season.revise(replace(SESSION, note="nothing that matters"), 1)

    def go(connection: Connection) -> list[object]:
        join(connection, "one")
        owed = [invite(connection, version, DAY_BEFORE) for version in (VERSION, later)]
        return [owed, send(connection, DAY_BEFORE)]

    assert await database.write(go) == [[1, 1], [Kind.INVITATION]]
    sent = [row.rule for row in await database.read(rows) if row.state is DeliveryState.SENT]
    assert sent == ["1"]


async def test_who_wants_invitations_is_counted_by_series(database: Database) -> None:
    def go(connection: Connection) -> list[dict[str, tuple[int, int]]]:
        counts = [inviting.count_inviting(connection)]
        one, other = join(connection, "one", "other")
        counts.append(inviting.count_inviting(connection))
        assert counts[-1] == {SERIES: (2, one + other)}
        membership.unsubscribe(connection, participants.by_id(connection, one), DAY_BEFORE)
        return [*counts, inviting.count_inviting(connection)]

    before, _, after = await database.write(go)
    assert before == {}
    assert after[SERIES][0] == 1


async def test_nobody_is_invited_after_the_session_began(database: Database) -> None:
    def go(connection: Connection) -> list[object]:
        join(connection, "one")
        owed = invite(connection, VERSION, START - timedelta(seconds=1))
        return [owed, send(connection, START), invite(connection, VERSION, START)]

    assert await database.write(go) == [1, [], 0]
