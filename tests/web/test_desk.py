"""The desk: what the organiser sees, and what becomes of the two buttons."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import httpx

from service.reminders.rule import parse_rules
from service.schedule.version import ChangeKind
from service.store import revisions
from service.store.fetches import Family
from service.store.lanes import Hold, Lane, hold
from service.store.ledger import DeliveryState, Kind, find
from service.store.waiting import Waiting
from service.web import desk_words
from service.web.desk_mail import mask
from service.web.parts import Health, Parts
from tests.web.conftest import Bell, Watch
from tests.web.desk_scene import EDIT, enter, enter_delivery, fill_desk, find_fields, publish
from tests.web.people import SLUG, join
from tests.web.season import make_season

Visit = Callable[[Parts], httpx.AsyncClient]
ACCEPT, RETRY = "/desk/accept?lang=en", "/desk/retry?lang=en"


async def test_an_edit_that_waits_is_shown_with_what_it_would_do_and_can_be_accepted(
    client: httpx.AsyncClient, parts: Parts, bell: Bell
) -> None:
    await fill_desk(parts)
    page = (await enter(client, parts)).text
    assert "An edit waits for your word since" in page
    assert "<s>Sat 24 February 2024, 21:00–23:00</s> Sun 25 February 2024, 21:00–23:00" in page

    answer = await client.post(ACCEPT, data=find_fields(page, ACCEPT))
    after = (await client.get(answer.headers["location"])).text

    assert await parts.database.read(partial(revisions.is_accepted, slug=SLUG, digest=EDIT))
    assert bell.rings == 1
    assert "The edit is published within seconds." in after
    assert ACCEPT not in after


async def test_what_is_accepted_is_what_was_seen_and_not_what_came_after(
    client: httpx.AsyncClient, parts: Parts
) -> None:
    await fill_desk(parts)
    fields = find_fields((await enter(client, parts)).text, ACCEPT)
    newer = replace(await _waiting(parts), digest="f" * 64)
    await publish(parts, make_season(), broken_since=parts.now(), trouble="much", waiting=newer)

    await client.post(ACCEPT, data=fields)

    assert not await parts.database.read(partial(revisions.is_accepted, slug=SLUG, digest="f" * 64))
    assert ACCEPT in (await client.get("/desk?lang=en")).text


async def test_a_document_that_is_well_or_broken_says_so(client: httpx.AsyncClient, parts: Parts) -> None:
    await publish(parts, make_season())
    assert "The document is fine." in (await enter(client, parts)).text

    await publish(parts, make_season(), broken_since=parts.now(), trouble="season.md:7:1: no date")
    page = (await client.get("/desk?lang=en")).text

    assert "The document cannot be used since Wed 14 February 2024, 21:00" in page
    assert "season.md:7:1: no date" in page


async def test_a_series_that_was_never_published_is_named(parts: Parts, visit: Visit) -> None:
    client = visit(replace(parts, rules={**parts.rules, "other": ()}))

    page = (await enter(client, parts)).text

    assert "<strong>other</strong>: nothing is published yet" in page
    assert f"<strong>{SLUG}</strong>: nothing" not in page


async def test_calendars_that_missed_a_late_edit_are_named(client: httpx.AsyncClient, parts: Parts) -> None:
    await fill_desk(parts)

    page = (await enter(client, parts)).text
    warned = page.partition("These calendars have not fetched it since (last fetch):")[2].partition("</div>")[0]

    assert "Google Calendar" in warned
    assert "9 hours ago" in warned
    assert "Thunderbird" not in warned


async def test_mails_that_went_wrong_are_listed_with_addresses_masked(client: httpx.AsyncClient, parts: Parts) -> None:
    await fill_desk(parts)

    page = (await enter(client, parts)).text

    assert "h…@example.org" in page
    assert "no such user" in page
    assert "hana@example.org" not in page
    assert "it would have come too late" in page
    assert page.count(f'action="{RETRY}"') == 2  # what is over cannot be tried again


async def test_all_that_failed_alike_is_tried_again_at_one_press(
    client: httpx.AsyncClient, parts: Parts, bell: Bell
) -> None:
    person = (await join(parts)).id
    ids = [
        await parts.database.write(
            partial(enter_delivery, parts=parts, person=person + rank, state=DeliveryState.FAILED, reason="451 full")
        )
        for rank in range(3)
    ]
    fields = find_fields((await enter(client, parts)).text, RETRY)

    answer = await client.post(RETRY, data=fields)

    found = [await parts.database.read(partial(find, delivery_id=one)) for one in ids]
    assert [one.state for one in found if one] == [DeliveryState.PLANNED] * 3
    assert bell.rings == 1
    assert "It is tried again now." in (await client.get(answer.headers["location"])).text


async def test_what_cannot_be_tried_again_is_left_alone(client: httpx.AsyncClient, parts: Parts) -> None:
    await fill_desk(parts)
    fields = find_fields((await enter(client, parts)).text, RETRY)

    for number in ("", "x", "-1", "٣", "9" * 9, "9" * 40):
        answer = await client.post(RETRY, data=fields | {"delivery": number})
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk?lang=en&said=nothing"), number


async def test_the_next_mails_are_told_with_how_many_they_are(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    await fill_desk(parts)

    ahead = (await enter(client, parts)).text.partition("Sent next")[2].partition("</section>")[0]
    listed = [" ".join(part.split()) for part in ahead.split("<li>")[1:]]

    assert "Wed 14 February 2024, 21:08" in listed[0]
    assert "in 8 minutes" in listed[0]
    assert "Notice: moved" in listed[0]
    assert "2 mails" in listed[0]
    assert "Fri 16 February 2024, 21:00" in listed[1]
    assert "Reminder, 1 day before" in listed[1]
    assert "3 mails" in listed[1]


async def test_speakers_who_are_registered_are_counted_for_their_own_reminders(parts: Parts, visit: Visit) -> None:
    await fill_desk(parts)
    season = list(make_season())
    season[4] = replace(season[4], session=replace(season[4].session, speakers=("minjun", "nobody")))
    await publish(parts, season)
    client = visit(replace(parts, speaker_rules={SLUG: parse_rules("3d")}))

    ahead = (await enter(client, parts)).text.partition("Sent next")[2]
    [told] = [part for part in ahead.split("<li>") if "Reminder to the speaker, 3 days before" in part]

    assert "1 mail<" in told


async def test_trouble_with_the_mail_server_stands_on_top(client: httpx.AsyncClient, parts: Parts, bell: Bell) -> None:
    bell.health = Health(False, {"relay": "login: 535 5.7.8 wrong password"})

    page = (await enter(client, parts)).text

    assert page.index("The mail server cannot be used at present:") < page.index("What needs you")
    assert "535 5.7.8 wrong password" in page


async def test_it_reads_korean(client: httpx.AsyncClient, parts: Parts) -> None:
    await fill_desk(parts)
    await enter(client, parts)

    page = (await client.get("/desk?lang=ko")).text

    for words in ("운영자 데스크", "승인", "데스크 닫기", "2024년 2월", "알림, 1일 전", "9시간 전"):
        assert words in page


async def test_a_quiet_desk_says_that_all_is_well(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    await publish(parts, make_season())
    watch.turn(timedelta(minutes=1))

    page = (await enter(client, parts)).text

    assert "Nothing: every mail of the last two weeks is where it should be." in page
    assert "Nobody is owed a mail in the next two weeks." in page
    assert "notice" not in page.partition("<main")[2]


async def _waiting(parts: Parts) -> Waiting:
    found = await parts.database.read(partial(revisions.load, slug=SLUG))
    assert found is not None
    assert found.waiting is not None
    return found.waiting


def test_everything_that_can_stand_on_the_desk_has_a_name() -> None:
    assert desk_words.STATES.keys() == set(DeliveryState)
    assert desk_words.KINDS.keys() == set(Kind)
    assert desk_words.FAMILIES.keys() == set(Family)
    assert desk_words.CHANGES.keys() == set(ChangeKind)
    assert desk_words.LANES.keys() == set(Lane)


def test_an_address_is_masked_so_that_its_owner_knows_it() -> None:
    assert [mask(address) for address in ("hana@example.org", "h@example.org", "", "김하늘@example.org")] == [
        "h…@example.org", "h…@example.org", "", "김…@example.org",
    ]  # fmt: skip


async def test_what_keeps_all_mails_from_leaving_is_told(client: httpx.AsyncClient, parts: Parts, bell: Bell) -> None:
    bell.health = Health(False, {"restraint": "this is a copy; `studybell resume`", "unwritten": "the disk is full"})

    page = (await enter(client, parts)).text

    assert "No mail is sent at present:" in page
    assert "studybell resume" in page
    assert "the disk is full" in page


async def test_a_lane_that_is_held_is_told_with_the_refusal(client: httpx.AsyncClient, parts: Parts) -> None:
    now, hour = parts.now(), timedelta(hours=1)
    refusal = Hold(lane=Lane.REMINDERS, refusal="550", reason="550 5.7.1 spam", since=now, until=now + hour, rest=hour)
    await parts.database.write(partial(hold, wanted=refusal, refused=(), now=now))

    page = (await enter(client, parts)).text

    assert "Reminders are held back" in page
    assert "since Wed 14 February 2024, 21:00: 550 5.7.1 spam" in page
