"""New links: the same answer for everybody, one mail for whoever is registered, and an end of the old ones."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from service.store.database import DatabaseTrouble
from service.store.keys import Purpose
from service.store.participants import State
from service.web.parts import Parts
from service.web.site import build_site
from tests.web.conftest import Watch
from tests.web.people import SLUG, join, link, list_mail, list_people


async def fill(client: httpx.AsyncClient, watch: Watch, email: str, seconds: int = 10, **fields: str) -> httpx.Response:
    """What a person sends who has looked at the form for a while."""
    page = (await client.get("/new-link?lang=en")).text
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found is not None
    watch.turn(timedelta(seconds=seconds))
    return await client.post("/new-link", data={"form": found[1], "lang": "en", "email": email} | fields)


async def asked_for(parts: Parts) -> int:
    return (await list_mail(parts)).count("known")


async def test_whoever_is_registered_gets_the_link_and_everybody_the_same_answer(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    await join(parts)

    known = await fill(client, watch, "Reader@example.org")
    mails = await asked_for(parts)
    unknown = await fill(client, watch, "stranger@example.org")

    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, known.content)
    assert (mails, await asked_for(parts)) == (1, 1)
    assert len(await list_people(parts)) == 1


@pytest.mark.parametrize("state", [State.PENDING, State.UNSUBSCRIBED])
async def test_whoever_gets_no_mails_gets_none_by_asking(
    client: httpx.AsyncClient, parts: Parts, watch: Watch, state: State
) -> None:
    person = await join(parts, state=State.PENDING if state is State.PENDING else State.CONFIRMED)
    if state is State.UNSUBSCRIBED:
        await client.post(link(parts, Purpose.UNSUBSCRIBE, person))

    assert (await fill(client, watch, "reader@example.org")).status_code == 202
    assert await asked_for(parts) == 0


@pytest.mark.parametrize(
    ("email", "seconds", "fields", "words"),
    [
        ("nonsense", 10, {}, "cannot be right"),
        ("reader@example.org", 1, {}, "so fast"),
        ("reader@example.org", 3 * 3600, {}, "open for too long"),
        ("reader@example.org", 10, {"form": "forged.token"}, "open for too long"),
    ],
)
async def test_a_person_can_mend_what_was_wrong(
    client: httpx.AsyncClient,
    parts: Parts,
    watch: Watch,
    email: str,
    seconds: int,
    fields: dict[str, str],
    words: str,
) -> None:
    await join(parts)

    answer = await fill(client, watch, email, seconds, **fields)

    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{email}"' in answer.text
    assert await asked_for(parts) == 0


async def test_a_program_that_fills_every_field_is_thanked_and_ignored(
    client: httpx.AsyncClient, parts: Parts, watch: Watch
) -> None:
    await join(parts)

    assert (await fill(client, watch, "reader@example.org", homepage="https://spam.example.com")).status_code == 202
    assert await asked_for(parts) == 0


async def test_the_limits_are_those_of_the_other_form(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    await join(parts)

    first = [await fill(client, watch, "reader@example.org") for _ in range(3)]
    for number in range(47):
        await fill(client, watch, f"stranger{number}@example.org")
    over = await fill(client, watch, "another@example.org")

    assert ([one.status_code for one in first], await asked_for(parts)) == ([202] * 3, 1)
    assert (over.status_code, over.headers["retry-after"]) == (429, "3600")


async def test_while_no_mail_may_leave_nothing_is_promised(
    parts: Parts, watch: Watch, visit: Callable[[Parts], httpx.AsyncClient]
) -> None:
    await join(parts)

    answer = await fill(visit(replace(parts, is_restrained=lambda: True)), watch, "reader@example.org")

    assert (answer.status_code, await asked_for(parts)) == (503, 0)


async def test_no_answer_waits_for_what_depends_on_the_address(
    parts: Parts, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    site, write = build_site(parts), parts.database.write

    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            steps.append(message["type"])
            await send(message)

        await site(scope, receive, note)

    async def work(unit: Any) -> Any:
        steps.append("work")
        return await write(unit)

    monkeypatch.setattr(parts.database, "write", work)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=listen), base_url=parts.base_url) as client:
        await fill(client, watch, "reader@example.org")

    assert steps[-3:] == ["http.response.start", "http.response.body", "work"]


async def test_trouble_with_the_database_after_the_answer_is_logged(
    client: httpx.AsyncClient,
    parts: Parts,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def refuse(unit: Any) -> Any:
        raise DatabaseTrouble("away")

    monkeypatch.setattr(parts.database, "write", refuse)

    assert (await fill(client, watch, "reader@example.org")).status_code == 202
    assert "a link was not sent: away" in caplog.text
    assert "reader@" not in caplog.text


async def test_the_form_is_found_where_one_misses_a_link(client: httpx.AsyncClient, parts: Parts) -> None:
    pages = [await client.get(path) for path in (f"/{SLUG}?lang=en", "/me/AAAAAAAAAAAAAAAAAAAAAAAA")]

    assert all("/new-link" in page.text for page in pages)
    assert "/new-link" not in (await client.get("/nothing/here")).text


async def test_a_link_that_was_given_away_is_replaced_and_its_calendar_told_to_stop(
    client: httpx.AsyncClient, parts: Parts
) -> None:
    old = [link(parts, purpose, await join(parts)) for purpose in (Purpose.PREFERENCES, Purpose.UNSUBSCRIBE)]

    looked = await client.get(f"{old[0]}/renew")
    page = (await client.post(f"{old[0]}/renew")).text
    [person] = await list_people(parts)
    new = link(parts, Purpose.PREFERENCES, person)

    assert looked.status_code == 405
    assert f"{parts.base_url}{new}" in page
    assert [(await client.get(path)).status_code for path in (*old, f"{old[0]}.ics", f"{old[0]}/data.json")] == [
        410
    ] * 4
    assert (await client.post(old[1])).status_code == 410
    assert "new-link" in (await client.get(old[0])).text
    assert [(await client.get(path)).status_code for path in (new, f"{new}.ics")] == [200, 200]
    assert (await client.get(link(parts, Purpose.UNSUBSCRIBE, person))).status_code == 200
    assert (await client.get(link(parts, Purpose.CONFIRM, replace(person, generation=0)))).status_code == 404
