"""Preferences: language, zone and lead times of one participant."""

import httpx
import pytest

from service.messages.catalog import ENGLISH
from service.reminders.rule import Rule
from service.store.keys import Purpose
from service.store.participants import State
from service.web.pages import Pages
from service.web.parts import Parts
from service.web.preferences import name_rule
from tests.web.conftest import Bell
from tests.web.people import join, link, list_people

CHOICE = {"name": "길동", "language": "ko", "timezone": "Europe/Berlin", "lead": ["7d", "1h"], "more": "2w, 90m"}


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


@pytest.mark.parametrize("more", ["soon", "3x", "1d 0h", "1000d", "<script>"])
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


def test_lead_times_are_told_in_words(pages: Pages) -> None:
    rules = [Rule(1, "d"), Rule(2, "w"), Rule(90, "m"), Rule(1, "h")]

    assert [name_rule(rule, ENGLISH) for rule in rules] == [
        "1 day before", "2 weeks before", "90 minutes before", "1 hour before",
    ]  # fmt: skip
    assert [name_rule(rule, pages.catalog("ko")) for rule in rules] == ["1일 전", "2주 전", "90분 전", "1시간 전"]
