"""Fetches: what is noted of those who ask for a feed, and what is not."""

from datetime import timedelta

import httpx
import pytest

from service.web.fetches import Family, Fetches, tell_family
from service.web.parts import Parts
from tests.web.conftest import Watch
from tests.web.people import SLUG


@pytest.mark.parametrize(
    ("program", "family"),
    [
        ("Google-Calendar-Importer", Family.GOOGLE),
        ("Mozilla/5.0 (compatible; Google-Calendar-Importer; +http://www.google.com)", Family.GOOGLE),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)", Family.OUTLOOK),
        ("Microsoft.Exchange/15.20 (OWA)", Family.OUTLOOK),
        ("iOS/17.0 (21A329) dataaccessd/1.0", Family.APPLE),
        ("macOS/14.0 (23A344) CalendarAgent/988", Family.APPLE),
        ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Thunderbird/128.0", Family.THUNDERBIRD),
        ("ICSx5/2.2", Family.OTHER),
        ("", Family.OTHER),
    ],
)
def test_programs_are_told_apart_by_their_name(program: str, family: Family) -> None:
    assert tell_family(program) is family


def test_nothing_is_known_of_a_series_that_nobody_fetched() -> None:
    assert Fetches().last("season") == {}


async def test_the_last_fetch_of_each_family_is_known(client: httpx.AsyncClient, parts: Parts, watch: Watch) -> None:
    etag = (await client.get(f"/{SLUG}.ics", headers={"User-Agent": "Google-Calendar-Importer"})).headers["etag"]
    first = watch.now()
    watch.turn(timedelta(hours=8))
    asked = {"User-Agent": "Thunderbird/128.0", "If-None-Match": etag}
    assert (await client.get(f"/{SLUG}.ics?alarm=30m", headers=asked)).status_code == 200
    assert (await client.head(f"/{SLUG}.ics", headers=asked)).status_code == 304

    assert parts.fetches.last(SLUG) == {Family.GOOGLE: first, Family.THUNDERBIRD: watch.now()}


@pytest.mark.parametrize(
    "path",
    [
        f"/{SLUG}",
        "/nothing.ics",
        f"/{SLUG}/download.ics",
        f"/{SLUG}/reading-1.ics",
        f"/{SLUG}.json",
        f"/{SLUG}.ics?lang=x",
    ],
)
async def test_only_calendars_that_were_given_count(client: httpx.AsyncClient, parts: Parts, path: str) -> None:
    await client.get(path)

    assert (parts.fetches.last(SLUG), parts.fetches.last("nothing")) == ({}, {})
