"""One's own data: taken along, and forgotten."""

import httpx

from service.store.keys import Purpose
from service.web.parts import Parts
from tests.web.people import join, link, list_people


async def test_everything_kept_can_be_taken_along(client: httpx.AsyncClient, parts: Parts) -> None:
    path = link(parts, Purpose.PREFERENCES, await join(parts))

    answer = await client.get(f"{path}/data.json")

    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "private, no-store"
    kept = answer.json()
    [registration] = kept["registrations"]
    assert kept["email"] == "reader@example.org"
    assert (registration["series"], registration["state"]) == ("reading-season4", "confirmed")
    assert registration["reminded_since"] == "2024-02-14T12:00:00+00:00"
    assert {link["purpose"] for link in registration["links"]} == {"confirm", "me", "unsubscribe"}


async def test_what_is_erased_is_gone_with_all_its_links(client: httpx.AsyncClient, parts: Parts) -> None:
    person = await join(parts)
    path = link(parts, Purpose.PREFERENCES, person)

    looked = await client.get(f"{path}/erase")
    erased = await client.post(f"{path}/erase")

    assert (looked.status_code, erased.status_code) == (405, 200)
    assert "Your address and choices are gone" in erased.text
    assert await list_people(parts) == ()
    for purpose in Purpose:
        assert (await client.get(link(parts, purpose, person))).status_code == 404


async def test_one_series_or_all_are_erased(client: httpx.AsyncClient, parts: Parts) -> None:
    paths = [link(parts, Purpose.PREFERENCES, await join(parts, series)) for series in ("reading-season4", "a", "b")]

    await client.post(f"{paths[1]}/erase")
    left = [person.series for person in await list_people(parts)]
    answer = await client.post(f"{paths[2]}/erase-all")

    assert left == ["b", "reading-season4"]
    assert "no mail about any series will come" in answer.text
    assert await list_people(parts) == ()
    assert (await client.get(f"{paths[0]}/erase-all")).status_code == 405
