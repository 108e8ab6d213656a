"""The schedule page: what stands on it, and when it is rendered anew."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import httpx
import pytest

from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Revision
from service.web.pages import Pages
from service.web.parts import Parts
from service.web.schedule_page import render_schedule
from service.web.shelf import Shelf
from service.web.views import Reader
from tests.web.conftest import Watch
from tests.web.season import BEGIN, make_season, make_series, make_version

PAGE = "/reading-season4"
_VOID = {"meta", "link", "input", "br", "path"}


class Outline(HTMLParser):
    """Checks that elements nest, and collects ids, labels and fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self.open.append(tag)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "label" and "for" in values:
            self.labels.add(values["for"])
        if tag in ("select", "input") and values.get("type") not in ("hidden", "checkbox"):
            self.fields.add(values["id"])
        if tag == "a" and values["href"].startswith("#"):
            self.anchors.add(values["href"][1:])

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_the_page_is_sound_html(client: httpx.AsyncClient, language: str) -> None:
    page = Outline((await client.get(f"{PAGE}?lang={language}")).text)

    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert page.fields <= page.labels
    assert page.anchors <= set(page.ids)


async def test_every_session_has_an_anchor_and_every_coming_one_a_file(client: httpx.AsyncClient) -> None:
    page = (await client.get(PAGE)).text

    for version in make_season():
        assert f'id="{version.id}"' in page
    assert f"{PAGE}/reading-5.ics" in page
    for off in ("reading-1", "reading-6", "reading-8", "reading-21"):
        assert f"{PAGE}/{off}.ics" not in page


async def test_every_file_that_the_page_offers_is_there(client: httpx.AsyncClient) -> None:
    page = (await client.get(PAGE)).text

    offered = set(re.findall(r'href="(?:http://127.0.0.1:8000)?(/[^"]+\.ics)"', page))

    assert len(offered) > 10
    for path in offered:
        assert (await client.get(path)).status_code == 200


async def test_the_page_speaks_the_reader_s_language(client: httpx.AsyncClient) -> None:
    asked = await client.get(f"{PAGE}?lang=en", headers={"Accept-Language": "ko"})
    accepted = await client.get(PAGE, headers={"Accept-Language": "en-GB,en;q=0.9"})
    neither = await client.get(PAGE)

    assert ["다음 모임" in answer.text for answer in (asked, accepted, neither)] == [False, False, True]
    assert '<html lang="ko">' in neither.text
    assert '<h1 lang="ko">' in asked.text
    assert "Accept-Language" in neither.headers["vary"]


async def test_times_are_shown_in_the_zone_that_was_asked_for(client: httpx.AsyncClient) -> None:
    berlin = (await client.get(f"{PAGE}?lang=en&tz=Europe/Berlin")).text
    nowhere = (await client.get(f"{PAGE}?lang=en&tz=Moon/Base")).text

    assert "Sat 17 February 2024, 13:00–15:00 (Central European Standard Time)" in berlin
    assert 'href="?lang=ko&amp;tz=Europe%2FBerlin"' in berlin
    assert "Sat 17 February 2024, 21:00–23:00 (Korean Standard Time)" in nowhere
    assert "Moon" not in nowhere


async def test_a_page_follows_the_clock_and_the_shelf(client: httpx.AsyncClient, watch: Watch, shelf: Shelf) -> None:
    before = (await client.get(PAGE)).text
    watch.turn(timedelta(days=4))
    after = (await client.get(PAGE)).text
    season = tuple(replace(v, session=replace(v.session, title="새 제목")) for v in make_season())
    shelf.put(make_series(), Revision(versions=season, changes=(), minted=21), now=watch.now())
    edited = (await client.get(PAGE)).text

    assert re.findall(r'id="next-title"[^>]*>([^<]*)', before) != re.findall(r'id="next-title"[^>]*>([^<]*)', after)
    assert "새 제목" in edited


async def test_a_kept_page_gives_each_reader_a_token_of_their_own(client: httpx.AsyncClient, watch: Watch) -> None:
    first = (await client.get(PAGE)).text
    watch.turn(timedelta(seconds=5))
    second = (await client.get(PAGE)).text

    tokens = [re.findall(r'name="form" value="([^"]+)"', page) for page in (first, second)]
    assert tokens[0] != tokens[1]
    assert len(tokens[0]) == 1
    assert "\x00" not in first
    assert first.replace(tokens[0][0], "") == second.replace(tokens[1][0], "")


async def test_a_stale_schedule_says_so(client: httpx.AsyncClient, watch: Watch, shelf: Shelf) -> None:
    revision = Revision(versions=make_season(), changes=(), minted=21)
    shelf.put(make_series(), revision, now=watch.now(), stale_since=datetime(2024, 2, 12, 12, tzinfo=UTC))

    assert "changes since Mon 12 February 2024, 21:00" in (await client.get(f"{PAGE}?lang=en")).text


async def test_the_only_series_stands_at_the_front(client: httpx.AsyncClient, watch: Watch, shelf: Shelf) -> None:
    alone = (await client.get("/")).text
    vision = make_series(slug="vision", title="Vision <b>Group</b>", url="http://127.0.0.1:8000/vision", language="en")
    shelf.put(vision, Revision(versions=make_season(3), changes=(), minted=3), now=watch.now())
    among_others = (await client.get("/?lang=en")).text

    assert 'id="reading-5"' in alone
    assert 'href="/vision"' in among_others
    assert "Vision &lt;b&gt;Group" in among_others
    assert 'id="reading-5"' not in among_others


async def test_with_nothing_published_the_front_says_so(parts: Parts, visit: object) -> None:
    assert callable(visit)
    answer = await visit(replace(parts, shelf=Shelf())).get("/?lang=en")

    assert answer.status_code == 200
    assert "Nothing is published yet" in answer.text


def test_nothing_in_a_schedule_becomes_markup(pages: Pages, shelf: Shelf) -> None:
    evil = '"><script>alert(1)</script>'
    session = Session(
        title=evil, number=evil, type=evil, speakers=(evil,), affiliation=evil, place=evil, note=evil,
        links=(Link("https://example.org/?a=\"onload='x", evil),), when=When(BEGIN, BEGIN + timedelta(hours=1)),
    )  # fmt: skip
    published = shelf.put(
        make_series(title=evil, location=evil),
        Revision(versions=(make_version(1, session),), changes=(), minted=1),
        now=BEGIN - timedelta(days=1),
    )

    page = render_schedule(pages, published, Reader("en", "Asia/Seoul"), now=BEGIN - timedelta(days=1))

    assert page.count("<script") == page.count('<script type="application/ld+json">') == 1
    assert "&lt;script&gt;" in page
    Outline(page)


def test_a_page_for_a_static_site_has_no_forms(pages: Pages, shelf: Shelf) -> None:
    published = shelf.published("reading-season4")
    assert published is not None

    page = render_schedule(pages, published, Reader("en", "Asia/Seoul"), now=BEGIN)

    assert "<form" not in page
    assert "Asia/Seoul" in page


async def test_other_programs_find_the_feeds_and_the_coming_events(client: httpx.AsyncClient) -> None:
    page = (await client.get(PAGE)).text

    found = re.findall(r'<link rel="alternate" type="([^"]+)" href="http://127.0.0.1:8000([^"]+)"', page)
    assert dict(found) == {
        "text/calendar": f"{PAGE}.ics",
        "application/atom+xml": f"{PAGE}.atom",
        "application/json": f"{PAGE}.json",
    }
    for kind, path in found:
        assert (await client.get(path)).headers["content-type"].startswith(kind)
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    events = json.loads(data)["@graph"]
    assert [event["@id"].rpartition("#")[2] for event in events] == [
        f"reading-{week}" for week in range(4, 21) if week != 8
    ]


def test_a_page_for_a_static_site_links_to_no_choice(pages: Pages, shelf: Shelf) -> None:
    published = shelf.published("reading-season4")
    assert published is not None

    page = render_schedule(pages, published, Reader("en", "Asia/Seoul"), now=BEGIN)

    assert "/subscribe" not in page
    assert "윤솔" in page


async def test_breaks_and_sessions_without_a_date_stand_on_the_page_and_lead_nowhere(
    client: httpx.AsyncClient, shelf: Shelf, watch: Watch
) -> None:
    free = When(watch.now() + timedelta(days=1), watch.now() + timedelta(days=1))
    asides = (Session(title="설날", when=free, status=Status.BREAK), Session(title="Guest talk"))
    shelf.put(make_series(), Revision(versions=make_season()[:3], changes=(), minted=3, asides=asides), now=watch.now())

    text = (await client.get(f"{PAGE}?lang=en")).text
    page = Outline(text)

    assert "No meeting" in text.partition("설날")[0].rpartition("<li")[2]
    assert "To be announced" in text.partition("Guest talk")[0].rpartition("<li")[2]
    assert "" not in page.ids
    assert page.anchors <= {*page.ids, ""}
    assert "The next session has no date yet." in text
    assert (await client.get(f"{PAGE}.ics")).text.count("BEGIN:VEVENT") == 3


async def test_a_break_is_nothing_to_wait_for(client: httpx.AsyncClient, shelf: Shelf, watch: Watch) -> None:
    free = Session(title="설날", when=When(BEGIN + timedelta(days=99), BEGIN + timedelta(days=99)), status=Status.BREAK)
    shelf.put(
        make_series(), Revision(versions=make_season()[:1], changes=(), minted=1, asides=(free,)), now=watch.now()
    )

    text = (await client.get(f"{PAGE}?lang=en")).text

    assert "This series is over." in text
    assert "설날" in text
