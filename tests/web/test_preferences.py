"""Preferences: language, zone and lead times of one participant."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from service.schedule.version import Revision
from service.store.keys import Purpose
from service.store.participants import State, find
from service.store.tables import participants
from service.web.parts import Parts
from tests.web.conftest import Bell, Watch
from tests.web.people import SLUG, join, link, list_people
from tests.web.season import make_season, make_series

CHOICE = {"name": "길동", "language": "ko", "timezone": "Europe/Berlin", "lead": ["7d", "1h"], "more": "2w, 90m"}
NIGHT = datetime(2024, 3, 1, tzinfo=UTC) - timedelta(hours=9)
"""Midnight in Seoul."""


async def test_a_choice_is_kept_and_shown(client: httpx.AsyncClient, parts: Parts, bell: Bell) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    saved = await client.post(path, data=CHOICE)
    page = (await client.get(path)).text

    [person] = await list_people(parts)
    assert (person.name, person.language, person.timezone, person.leads) == (
        "길동",
        "ko",
        "Europe/Berlin",
        "2w 7d 90m 1h",
    )
    assert "저장했습니다." in saved.text
    assert page.count(" checked") == 2
    assert 'value="2w, 90m"' in page
    assert bell.rings == 1


async def test_nothing_chosen_means_the_reminders_of_the_series(client: httpx.AsyncClient, parts: Parts) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))
    await client.post(path, data=CHOICE)

    page = (await client.post(path, data={"language": "en", "timezone": "UTC", "name": "", "more": ""})).text

    [person] = await list_people(parts)
    assert person.leads == ""
    assert "7 days before, 1 day before, 1 hour before" in page


@pytest.mark.parametrize("more", ["soon", "3x", "1d 0h", "1000d", "1h@20:00", "<script>"])
async def test_what_is_no_lead_time_is_told_and_not_kept(client: httpx.AsyncClient, parts: Parts, more: str) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    answer = await client.post(path, data=CHOICE | {"more": more, "language": "en"})

    assert answer.status_code == 422
    assert "This is no time before a session" in answer.text
    assert "<script" not in answer.text
    assert [person.leads for person in await list_people(parts)] == [""]


async def test_nobody_needs_more_than_eight_reminders(client: httpx.AsyncClient, parts: Parts) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    answer = await client.post(path, data=CHOICE | {"more": "1m 2m 3m 4m 5m 6m 7m 8m"})

    assert answer.status_code == 422


async def test_an_unknown_zone_or_language_leaves_the_old_one(client: httpx.AsyncClient, parts: Parts) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    await client.post(path, data=CHOICE | {"timezone": "Moon/Base", "language": "tlh"})

    assert [(person.timezone, person.language) for person in await list_people(parts)] == [("Asia/Seoul", "en")]


async def test_one_leaves_from_here_too(client: httpx.AsyncClient, parts: Parts) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    looked = await client.get(f"{path}/leave")
    left = await client.post(f"{path}/leave")
    page = (await client.get(path)).text

    assert (looked.status_code, left.status_code) == (405, 200)
    assert [person.state for person in await list_people(parts)] == [State.UNSUBSCRIBED]
    assert "You are unsubscribed" in page


@pytest.fixture
def other(parts: Parts, watch: Watch) -> str:
    """Another series that is published."""
    revision = Revision(versions=make_season(3), changes=(), minted=3)
    parts.shelf.put(make_series(slug="other", title="Another season", url="/other"), revision, now=watch.now())
    return "other"


async def test_a_time_of_day_can_be_ticked_and_typed(client: httpx.AsyncClient, parts: Parts) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    page = (await client.post(path, data={"lead": "1d@20:00", "more": "2w@8:30"})).text

    assert [person.leads for person in await list_people(parts)] == ["2w@08:30 1d@20:00"]
    assert "1 day before at 20:00" in page
    assert 'value="2w@08:30"' in page
    assert "ring at the hour of the session" in page, "an alarm has no time of day"


async def test_overview_and_invitations_are_chosen_here(client: httpx.AsyncClient, parts: Parts) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    both = (await client.post(path, data={"digest": "1", "invitations": "1"})).text
    [chosen] = await list_people(parts)
    none = (await client.post(path, data={"more": ""})).text
    [without] = await list_people(parts)

    assert (chosen.digest, chosen.invitations, both.count(" checked")) == (True, True, 2)
    assert (without.digest, without.invitations, none.count(" checked")) == (False, False, 0)


async def test_what_a_form_does_not_ask_for_stays(client: httpx.AsyncClient, parts: Parts) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    await client.post(path, data={"lead": "3h"})

    [person] = await list_people(parts)
    assert (person.name, person.language, person.timezone, person.leads) == ("Reader", "en", "Asia/Seoul", "3h")


async def test_all_series_of_a_person_are_on_one_page_each_with_its_own_choice(
    client: httpx.AsyncClient, parts: Parts, other: str
) -> None:
    path, there = [link(parts, Purpose.PREFERENCES, await join(parts, series)) for series in (SLUG, other)]

    page = (await client.get(path)).text
    assert "Another season" in page
    assert f'action="{there}"' in page
    assert (await client.post(there, data={"lead": "30m"})).status_code == 200
    assert (await client.post(path, data=CHOICE)).status_code == 200
    await client.post(f"{there}/leave")

    people = await list_people(parts)
    assert [(person.series, person.leads, person.timezone, person.state) for person in people] == [
        ("other", "30m", "Europe/Berlin", State.UNSUBSCRIBED),
        (SLUG, "2w 7d 90m 1h", "Europe/Berlin", State.CONFIRMED),
    ]


async def test_one_joins_another_series_and_comes_back_with_one_button(
    client: httpx.AsyncClient, parts: Parts, other: str
) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))
    offered = (await client.get(path)).text

    joined = await client.post(f"{path}/join", data={"series": other})
    await client.post(f"{path}/leave")
    left = (await client.get(path)).text
    await client.post(f"{path}/join", data={"series": SLUG})

    assert f'name="series" value="{other}"' in offered
    assert f'name="series" value="{other}"' not in joined.text
    assert f'name="series" value="{SLUG}"' in left
    people = await list_people(parts)
    assert [(one.series, one.state, one.language) for one in people] == [
        ("other", State.CONFIRMED, "en"),
        (SLUG, State.CONFIRMED, "en"),
    ]
    assert (await client.post(f"{path}/join", data={"series": "nothing"})).status_code == 404
    assert (await client.get(f"{path}/join")).status_code == 405


async def test_a_pause_lasts_until_midnight_of_the_persons_own_day(
    client: httpx.AsyncClient, parts: Parts, watch: Watch, bell: Bell
) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    paused = await client.post(f"{path}/pause", data={"until": "2024-03-01"})
    [person] = await list_people(parts)
    watch.time = NIGHT
    over = (await client.get(path)).text

    assert (paused.status_code, person.paused_until) == (200, NIGHT)
    assert re.search(r"paused until .*Mar", paused.text)
    assert "you still hear of it" in paused.text
    assert "paused until" not in over
    assert bell.rings == 1


async def test_a_pause_ends_early_with_one_button(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))
    await client.post(f"{path}/pause", data={"until": "2024-03-01"})
    watch.turn(timedelta(days=1))

    page = (await client.post(f"{path}/resume")).text

    [person] = await list_people(parts)
    assert (person.paused_until, person.since) == (None, watch.now())
    assert "paused until" not in page


@pytest.mark.parametrize("day", ["", "soon", "2024-02-14", "2024-02-13", "2025-02-15", "2024-02-30", "99999-01-01"])
async def test_a_day_to_pause_until_is_one_to_come(client: httpx.AsyncClient, parts: Parts, day: str) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    answer = await client.post(f"{path}/pause", data={"until": day})

    assert answer.status_code == 422
    assert "Choose a day after today" in answer.text
    assert [person.paused_until for person in await list_people(parts)] == [None]


async def test_whom_mail_does_not_reach_is_told_so_and_joins_nothing(
    client: httpx.AsyncClient, parts: Parts, other: str
) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))
    await parts.database.write(lambda connection: connection.execute(participants.update().values(state="suppressed")))

    page = (await client.get(path)).text
    await client.post(f"{path}/join", data={"series": other})

    assert "Mails to this address came back" in page
    assert "/join" not in page
    assert await parts.database.read(lambda c: find(c, other, "reader@example.org")) is None
