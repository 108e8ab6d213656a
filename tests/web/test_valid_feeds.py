"""Every calendar that can be fetched is valid in the eyes of libical."""

import httpx
import pytest

from service.store.keys import Purpose
from service.web.parts import Parts
from tests.feed.libical import Judge, find_judge
from tests.web.people import SLUG, join, link


@pytest.fixture(scope="module")
def complain() -> Judge:
    return find_judge()


@pytest.mark.parametrize(
    "path",
    [
        ".ics",
        "/download.ics",
        "/reading-1.ics",
        ".ics?type=SFT&alarm=1d,30m",
        ".ics?cancelled=status&lang=en",
        "/download.ics?cancelled=omit&lang=ja",
        ".ics?speaker=nobody",
    ],
)
async def test_a_public_calendar_is_valid(path: str, client: httpx.AsyncClient, complain: Judge) -> None:
    answer = await client.get(f"/{SLUG}{path}")
    assert answer.status_code == 200
    assert complain(answer.content) == set()


@pytest.mark.parametrize("query", ["", "?alarm=mine", "?lang=en&cancelled=omit&alarm=10m"])
async def test_a_person_s_calendar_is_valid(
    query: str, client: httpx.AsyncClient, parts: Parts, complain: Judge
) -> None:
    person = await join(parts, language="ko")
    answer = await client.get(f"{link(parts, Purpose.PREFERENCES, person)}.ics{query}")
    assert answer.status_code == 200
    assert complain(answer.content) == set()
