"""Unsubscribing: by the button, by one click, and back."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from service.store.keys import Purpose
from service.store.participants import State
from service.web.parts import Parts
from service.web.shelf import Shelf
from tests.web.conftest import Watch
from tests.web.people import join, link, list_people


async def test_following_the_link_changes_nothing(client: httpx.AsyncClient, parts: Parts) -> None:
    person = await join(parts)

    answer = await client.get(link(parts, Purpose.UNSUBSCRIBE, person))

    assert answer.status_code == 200
    assert "<button>" in answer.text
    assert [person.state for person in await list_people(parts)] == [State.CONFIRMED]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=b", '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'),
        ("", ""),
    ],
)
async def test_one_click_needs_nothing_but_the_link(
    client: httpx.AsyncClient, parts: Parts, kind: str, body: str
) -> None:
    person = await join(parts)
    headers = {"Content-Type": kind, "Origin": "https://mail.example.org", "Sec-Fetch-Site": "cross-site"}

    answers = [
        await client.post(link(parts, Purpose.UNSUBSCRIBE, person), content=body, headers=headers) for _ in range(3)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "set-cookie" not in answers[0].headers
    assert [person.state for person in await list_people(parts)] == [State.UNSUBSCRIBED]


async def test_an_unsubscription_can_be_undone(client: httpx.AsyncClient, parts: Parts) -> None:
    person = await join(parts)
    path = link(parts, Purpose.UNSUBSCRIBE, person)
    farewell = await client.post(path)
    undo = path.replace("unsubscribe", "undo")

    back = await client.post(undo)

    assert f'action="{undo}"' in farewell.text
    assert back.status_code == 200
    assert [person.state for person in await list_people(parts)] == [State.CONFIRMED]
    assert (await client.get(undo)).status_code == 405


async def test_an_unsubscription_cannot_be_undone_after_seven_days(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    path = link(parts, Purpose.UNSUBSCRIBE, await join(parts))
    await client.post(path)
    undo = path.replace("unsubscribe", "undo")
    watch.turn(timedelta(days=7))

    page, back = await client.get(path), await client.post(undo)

    assert f'action="{undo}"' not in page.text
    assert back.status_code == 410
    assert "seven days, which are over" in back.text
    assert [person.state for person in await list_people(parts)] == [State.UNSUBSCRIBED]


async def test_who_has_left_sees_that_it_is_done(client: httpx.AsyncClient, parts: Parts) -> None:
    person = await join(parts)
    await client.post(link(parts, Purpose.UNSUBSCRIBE, person))

    assert "You get no more mail" in (await client.get(link(parts, Purpose.UNSUBSCRIBE, person))).text


async def test_one_can_leave_a_series_that_is_gone(parts: Parts, visit: object) -> None:
    person = await join(parts)
    assert callable(visit)
    client = visit(replace(parts, shelf=Shelf()))

    answer = await client.post(link(parts, Purpose.UNSUBSCRIBE, person))

    assert answer.status_code == 200
    assert [person.state for person in await list_people(parts)] == [State.UNSUBSCRIBED]


async def test_a_link_of_nobody_unsubscribes_nobody(client: httpx.AsyncClient, parts: Parts) -> None:
    await join(parts)

    assert (await client.post("/unsubscribe/AAAAAAAAAAAAAAAAAAAAAAAA")).status_code == 404
    assert [person.state for person in await list_people(parts)] == [State.CONFIRMED]
