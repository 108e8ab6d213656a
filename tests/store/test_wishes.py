"""Wishes: what holds for one series and what for all, pauses that leave nothing stale, and links that are replaced."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from service.store import claiming, ledger, membership, owing, participants, wishes
from service.store.database import Database
from service.store.housekeeping import tidy
from service.store.keys import Keys, Purpose
from service.store.kinds import PAUSABLE
from service.store.lanes import Lane
from service.store.ledger import Delivery, DeliveryState, Kind
from service.store.noticing import News, owe_notice
from service.store.participants import Participant, State
from service.store.settling import Settlement, settle
from service.store.tables import participants as people
from tests.store import season
from tests.store.season import DAY, DAY_BEFORE, HOUR, MINUTE, SERIES, START, VERSION

KEYS = Keys(b"k" * 32)
EARLY = START - 8 * DAY


def join(connection: Connection, series: str = SERIES, *, name: str = "hana") -> Participant:
    """A confirmed participant with links that work."""
    person = membership.add(
        connection,
        series=series,
        address=f"{name}@example.org",
        name=name,
        language="ko",
        timezone="Asia/Seoul",
        state=State.PENDING,
        now=EARLY,
    )
    return membership.confirm(connection, KEYS, person, EARLY)


def owe(connection: Connection, rule: str) -> int:
    occasion = season.occasions()[rule]
    return owing.owe_reminders(connection, SERIES, occasion, occasion.due_at)


def stand(connection: Connection) -> list[tuple[str, DeliveryState, str]]:
    return [(row.rule, row.state, row.reason) for row in ledger.list_all(connection, kinds=PAUSABLE)]


async def test_new_lead_times_hold_from_now_on_and_new_words_change_no_times(database: Database) -> None:
    def go(connection: Connection) -> tuple[Participant, ...]:
        person = join(connection)
        same = {"language": "en", "now": DAY_BEFORE}
        words = wishes.introduce(connection, person, name="H", timezone=person.timezone, **same)  # type: ignore[arg-type]
        mails = wishes.prefer(connection, words, leads="", digest=True, invitations=True, now=DAY_BEFORE)
        times = wishes.prefer(connection, mails, leads="1d@20:00", digest=False, invitations=True, now=DAY_BEFORE)
        zone = wishes.introduce(
            connection, times, name="H", timezone="Europe/Berlin", language="en", now=DAY_BEFORE + HOUR
        )
        return words, mails, times, zone

    words, mails, times, zone = await database.write(go)

    assert (words.name, words.language, words.since) == ("H", "en", EARLY)
    assert (mails.digest, mails.invitations, mails.since) == (True, True, EARLY)
    assert (times.leads, times.digest, times.invitations, times.since) == ("1d@20:00", False, True, DAY_BEFORE)
    assert (zone.timezone, zone.since) == ("Europe/Berlin", DAY_BEFORE + HOUR)


async def test_name_language_and_zone_are_the_persons_in_every_series_and_the_rest_is_not(database: Database) -> None:
    def go(connection: Connection) -> list[tuple[str, str, str]]:
        person, other = join(connection), join(connection, "other")
        join(connection, name="minjun")
        wishes.introduce(connection, person, name="H", language="en", timezone="UTC", now=DAY_BEFORE)
        wishes.prefer(connection, other, leads="2h", digest=True, invitations=False, now=DAY_BEFORE)
        return [(one.series, one.name, one.leads) for one in participants.list_all(connection)]

    assert await database.write(go) == [("other", "H", "2h"), (SERIES, "H", ""), (SERIES, "minjun", "")]


async def test_a_new_zone_owes_nothing_to_whoever_is_owed_nothing(database: Database) -> None:
    def go(connection: Connection) -> Participant:
        wish = {"series": SERIES, "address": "a@example.org", "language": "ko", "timezone": "Asia/Seoul"}
        person = membership.add(connection, **wish, state=State.PENDING, now=EARLY)
        return wishes.introduce(connection, person, name="", language="ko", timezone="UTC", now=EARLY)

    assert (await database.write(go)).since is None


async def test_whoever_has_paused_is_owed_nothing_that_falls_due_before_the_end(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        season.publish(connection, VERSION)
        person = join(connection)
        join(connection, name="awake")
        wishes.pause(connection, person, START - 2 * DAY, EARLY)
        return [owe(connection, rule) for rule in ("7d", "1d", "1h")]

    assert await database.write(go) == [1, 2, 2]


async def test_a_pause_that_is_over_brings_back_nothing_stale(database: Database) -> None:
    def go(connection: Connection) -> list[int]:
        season.publish(connection, VERSION)
        person = wishes.pause(connection, join(connection), START - HOUR - MINUTE, EARLY)
        assert person.is_paused(DAY_BEFORE)
        over = owing.owe_reminders(connection, SERIES, season.occasions()["1d"], START - HOUR - MINUTE)
        return [over, owe(connection, "1h")]

    assert await database.write(go) == [0, 1]


async def test_whoever_goes_on_early_gets_what_falls_due_from_then_on(database: Database) -> None:
    def go(connection: Connection) -> list[object]:
        season.publish(connection, VERSION)
        person = wishes.pause(connection, join(connection), START + 30 * DAY, EARLY)
        before = wishes.resume(connection, person, DAY_BEFORE + MINUTE)
        late = owing.owe_reminders(connection, SERIES, season.occasions()["1d"], DAY_BEFORE + 2 * MINUTE)
        return [before.paused_until, late, owe(connection, "1h")]

    assert await database.write(go) == [None, 0, 1]


async def test_going_on_without_a_pause_changes_nothing(database: Database) -> None:
    def go(connection: Connection) -> tuple[Participant, Participant]:
        person = join(connection)
        return person, wishes.resume(connection, person, DAY_BEFORE)

    before, after = await database.write(go)
    assert before == after


async def test_what_was_planned_and_what_is_on_its_way_stops_at_the_pause(database: Database) -> None:
    """Neither a reminder that waits nor one that a courier holds leaves after the pause was answered."""

    def go(connection: Connection) -> set[int]:
        season.publish(connection, VERSION)
        people = [join(connection, name=name) for name in ("held", "waiting")]
        owe(connection, "1d")
        (held,) = claiming.claim(connection, "me", Lane.REMINDERS, DAY_BEFORE, 1)
        for person in people:
            wishes.pause(connection, person, START, DAY_BEFORE + MINUTE)
        return claiming.hand_off(connection, "me", [held], DAY_BEFORE + MINUTE)

    assert await database.write(go) == set()
    assert await database.read(stand) == [("1d", DeliveryState.CANCELLED, "paused")] * 2


async def test_a_pause_of_one_person_is_nobody_elses_and_holds_in_every_series(database: Database) -> None:
    def go(connection: Connection) -> list[bool]:
        season.publish(connection, VERSION)
        person = join(connection)
        join(connection, "other")
        join(connection, name="awake")
        owe(connection, "1d")
        wishes.pause(connection, person, START, DAY_BEFORE)
        claimed = claiming.claim(connection, "me", Lane.REMINDERS, DAY_BEFORE, 9)
        assert len(claiming.hand_off(connection, "me", claimed, DAY_BEFORE)) == 1
        return [one.is_paused(DAY_BEFORE) for one in participants.list_all(connection)]

    assert await database.write(go) == [True, False, True]


async def test_a_paused_person_still_hears_that_a_session_they_were_told_of_is_cancelled(database: Database) -> None:
    def go(connection: Connection) -> list[Delivery]:
        season.publish(connection, VERSION)
        person = join(connection)
        owe(connection, "7d")
        (told,) = claiming.claim(connection, "me", Lane.REMINDERS, START - 7 * DAY, 1)
        claiming.hand_off(connection, "me", [told], START - 7 * DAY)
        settle(connection, [(told, Settlement(state=DeliveryState.SENT, reason="250"))], START - 7 * DAY)
        wishes.pause(connection, person, START + DAY, START - 6 * DAY)
        season.publish(connection, season.CANCELLED)
        news = News(kind=Kind.CANCELLED, session=VERSION.uid, starts_at=START, edition=1, due_at=DAY_BEFORE)
        assert owe_notice(connection, SERIES, news, DAY_BEFORE) == 1
        notices = claiming.claim(connection, "me", Lane.NOTICES, DAY_BEFORE, 1)
        assert len(claiming.hand_off(connection, "me", notices, DAY_BEFORE)) == 1
        return notices

    (notice,) = await database.write(go)
    assert notice.kind is Kind.CANCELLED


@pytest.mark.parametrize("purpose", [Purpose.PREFERENCES, Purpose.UNSUBSCRIBE])
async def test_new_links_take_the_place_of_the_old_ones_for_good(database: Database, purpose: Purpose) -> None:
    def go(connection: Connection) -> tuple[Participant, Participant, Participant]:
        person, other, stranger = join(connection), join(connection, "other"), join(connection, name="stranger")
        new = wishes.renew_links(connection, KEYS, person, DAY_BEFORE)
        tidy(connection, DAY_BEFORE + 300 * DAY)
        assert participants.find(connection, "other", other.address) != other, "those of every series are replaced"
        return person, new, stranger

    old, new, stranger = await database.write(go)
    now = DAY_BEFORE + 300 * DAY

    def look(connection: Connection, person: Participant) -> tuple[int | None, bool]:
        token = KEYS.token(purpose, person.id, person.generation)
        found = participants.by_token(connection, purpose, token, now)
        return found.id if found else None, participants.is_replaced(connection, token, now)

    assert await database.read(lambda c: look(c, old)) == (None, True)
    assert await database.read(lambda c: look(c, new)) == (old.id, False)
    assert await database.read(lambda c: look(c, stranger)) == (stranger.id, False)
    assert not await database.read(lambda c: participants.is_replaced(c, "never was", now))


async def test_the_link_to_confirm_does_not_lead_to_the_new_ones(database: Database) -> None:
    def go(connection: Connection) -> list[bool]:
        person = join(connection)
        participants.remember_token(connection, KEYS, person, Purpose.CONFIRM, DAY_BEFORE + DAY)
        token = KEYS.token(Purpose.CONFIRM, person.id, person.generation)
        works = [participants.by_token(connection, Purpose.CONFIRM, token, DAY_BEFORE) is not None]
        wishes.renew_links(connection, KEYS, person, DAY_BEFORE)
        return [*works, participants.by_token(connection, Purpose.CONFIRM, token, DAY_BEFORE) is not None]

    assert await database.write(go) == [True, False]


async def test_whoever_joins_another_series_brings_what_they_chose_about_themselves(database: Database) -> None:
    def go(connection: Connection) -> tuple[Participant, Participant, Participant]:
        person = wishes.pause(connection, join(connection), START, EARLY)
        left = membership.unsubscribe(connection, join(connection, "left"), EARLY)
        wishes.prefer(connection, left, leads="2h", digest=False, invitations=False, now=EARLY)
        new, back = (membership.join_another(connection, KEYS, person, one, DAY_BEFORE) for one in ("new", "left"))
        return person, new, back

    person, new, back = await database.write(go)

    assert (new.series, new.state, new.since, new.timezone) == ("new", State.CONFIRMED, DAY_BEFORE, person.timezone)
    assert (back.state, back.since, back.leads, back.left_at) == (State.CONFIRMED, DAY_BEFORE, "2h", None)
    assert {new.paused_until, back.paused_until} == {person.paused_until}


async def test_an_address_that_mail_does_not_reach_joins_nothing(database: Database) -> None:
    def go(connection: Connection) -> list[State]:
        person = join(connection)
        connection.execute(people.update().values(state=State.SUPPRESSED))
        suppressed = participants.by_id(connection, person.id)
        membership.join_another(connection, KEYS, suppressed, SERIES, DAY_BEFORE)
        membership.join_another(connection, KEYS, suppressed, "new", DAY_BEFORE)
        return [one.state for one in participants.list_all(connection)]

    assert await database.write(go) == [State.SUPPRESSED]


@pytest.mark.parametrize(("after", "may"), [(timedelta(days=7) - MINUTE, True), (timedelta(days=7), False)])
async def test_leaving_can_be_undone_for_seven_days(database: Database, after: timedelta, may: bool) -> None:
    left = await database.write(lambda c: membership.unsubscribe(c, join(c), DAY_BEFORE))

    assert membership.may_return(left, DAY_BEFORE + after) is may
