"""Confirming: only the button does it."""

import re
from datetime import timedelta
from typing import Final

import httpx
import pytest

from service.store.keys import Purpose
from service.store.participants import State
from service.web.parts import Parts
from tests.web.conftest import Watch
from tests.web.people import SLUG, join, link, list_people

KIND: Final = {"Content-Type": "application/x-www-form-urlencoded"}


def read_fields(page: httpx.Response) -> dict[str, str]:
    """What the page's form sends."""
    found = re.search(r'name="form" value="([^"]+)"', page.text)
    assert found is not None
    return {"form": found[1]}


async def press(
    client: httpx.AsyncClient, watch: Watch, path: str, *, after: timedelta = timedelta(seconds=1)
) -> httpx.Response:
    """Follow a link and press the button of its page."""
    fields = read_fields(await client.get(path))
    watch.turn(after)
    return await client.post(path, data=fields)


async def test_following_the_link_changes_nothing(client: httpx.AsyncClient, parts: Parts) -> None:
    person = await join(parts, state=State.PENDING)
    path = link(parts, Purpose.CONFIRM, person)

    answers = [await client.request(method, path) for method in ("HEAD", "GET", "GET", "GET", "GET", "GET")]

    assert {answer.status_code for answer in answers} == {200}
    assert "<button>" in answers[1].text
    assert [person.state for person in await list_people(parts)] == [State.PENDING]


async def test_the_button_confirms_once_and_for_all(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    person = await join(parts, state=State.PENDING)
    path = link(parts, Purpose.CONFIRM, person)

    first = await press(client, watch, path)
    watch.turn(timedelta(hours=1))
    second = await press(client, watch, path)

    assert (first.status_code, second.status_code) == (200, 200)
    [confirmed] = await list_people(parts)
    assert confirmed.state is State.CONFIRMED
    assert confirmed.since == watch.now() - timedelta(hours=1, seconds=1)


@pytest.mark.parametrize("token", [None, "", "1707912000.00000000000000000000000000000000"])
async def test_who_was_not_shown_the_page_confirms_nothing(
    client: httpx.AsyncClient, parts: Parts, watch: Watch, token: str | None
) -> None:
    person = await join(parts, state=State.PENDING)
    path = link(parts, Purpose.CONFIRM, person)

    blind = await client.post(path, data={} if token is None else {"form": token}, headers=KIND)

    assert blind.status_code == 422
    assert [person.state for person in await list_people(parts)] == [State.PENDING]
    assert (await press(client, watch, path)).status_code == 200


async def test_a_program_that_presses_at_once_confirms_nothing_and_a_person_then_does(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    person = await join(parts, state=State.PENDING)
    path = f"{link(parts, Purpose.CONFIRM, person)}?lang=en"

    hasty = [await press(client, watch, path, after=timedelta(milliseconds=200)) for _ in range(3)]
    states = [person.state for person in await list_people(parts)]
    watch.turn(timedelta(seconds=1))
    again = await client.post(path, data=read_fields(hasty[-1]))

    assert [answer.status_code for answer in hasty] == [422, 422, 422]
    assert "press the button once more" in hasty[0].text
    assert states == [State.PENDING]
    assert again.status_code == 200
    assert [person.state for person in await list_people(parts)] == [State.CONFIRMED]


async def test_a_page_left_open_for_hours_gets_a_fresh_button(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    person = await join(parts, state=State.PENDING)
    path = link(parts, Purpose.CONFIRM, person)

    late = await press(client, watch, path, after=timedelta(hours=3))
    watch.turn(timedelta(seconds=2))
    again = await client.post(path, data=read_fields(late))

    assert (late.status_code, again.status_code) == (422, 200)


async def test_the_button_of_one_link_does_not_work_for_another(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    person = await join(parts, state=State.PENDING)
    page = await client.get(f"/{SLUG}?lang=en")
    watch.turn(timedelta(seconds=5))

    answer = await client.post(link(parts, Purpose.CONFIRM, person), data=read_fields(page))

    assert answer.status_code == 422
    assert [person.state for person in await list_people(parts)] == [State.PENDING]


async def test_the_answer_leads_to_the_preferences_and_tells_what_is_next(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    person = await join(parts, state=State.PENDING)

    answer = await press(client, watch, link(parts, Purpose.CONFIRM, person))

    assert link(parts, Purpose.PREFERENCES, person) in answer.text
    assert "Sat 17 February 2024, 21:00–23:00" in answer.text
    assert (await client.get(link(parts, Purpose.PREFERENCES, person))).status_code == 200


async def test_the_page_speaks_the_participant_s_language(client: httpx.AsyncClient, parts: Parts) -> None:
    person = await join(parts, state=State.PENDING, language="ko")

    answer = await client.get(link(parts, Purpose.CONFIRM, person), headers={"Accept-Language": "en"})

    assert '<html lang="ko">' in answer.text


async def test_a_link_runs_out_after_three_days(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    person = await join(parts, state=State.PENDING)
    watch.turn(timedelta(hours=72))

    answer = await client.post(f"{link(parts, Purpose.CONFIRM, person)}?lang=en")

    assert answer.status_code == 404
    assert "This link does not work" in answer.text


async def test_a_link_does_one_thing_only(client: httpx.AsyncClient, parts: Parts) -> None:
    person = await join(parts)
    for purpose in Purpose:
        token = parts.keys.token(purpose, person.id, person.generation)
        for other in ("confirm", "me", "unsubscribe"):
            expected = 200 if other == purpose else 404
            assert (await client.get(f"/{other}/{token}")).status_code == expected
