"""Confirming: only the button does it."""

from datetime import timedelta

import httpx

from service.store.keys import Purpose
from service.store.participants import State
from service.web.parts import Parts
from tests.web.conftest import Watch
from tests.web.people import join, link, list_people


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

    first = await client.post(path)
    watch.turn(timedelta(hours=1))
    second = await client.post(path)

    assert (first.status_code, second.status_code) == (200, 200)
    [confirmed] = await list_people(parts)
    assert confirmed.state is State.CONFIRMED
    assert confirmed.since == watch.now() - timedelta(hours=1)


async def test_the_answer_leads_to_the_preferences_and_tells_what_is_next(
    client: httpx.AsyncClient, parts: Parts
) -> None:
    person = await join(parts, state=State.PENDING)

    answer = await client.post(link(parts, Purpose.CONFIRM, person))

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
