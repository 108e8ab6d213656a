"""Scripts in a document and in what strangers type: none runs, and no page or mail is built otherwise for it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from playwright.async_api import Browser

from service.messages.compose import compose
from service.messages.message import Confirmation, Message, Notice, NoticeKind, Reminder
from service.messages.proof import proof_addressee
from service.schedule.session import Link, Session, When
from service.schedule.text import clean_line
from service.schedule.version import Version
from tests.hostile.conftest import SLUG, Target, standing
from tests.hostile.markup import Outline, outline
from tests.hostile.raw import fetch
from tests.hostile.vectors import VECTORS, write_document
from tests.messages.golden import NOW, SERIES, make_stationery, parse, read_part
from tests.web.conftest import make_pages
from tests.web.season import make_version

pytestmark = pytest.mark.slow

_SCHEMES = {"http", "https", "webcal", "mailto", ""}
_FOUND = """() => {
    const all = [...document.querySelectorAll('*')]
    return {
        hit: window.__hit ?? null,
        handlers: all.flatMap(one => [...one.attributes]).filter(one => one.name.startsWith('on')).length,
        scripts: all.filter(one => one.localName == 'script' && one.type != 'application/ld+json').length,
        strange: all.map(one => one.localName).filter(name =>
            ['img', 'object', 'embed', 'base', 'math', 'video', 'audio', 'x', 'iframe', 'style'].includes(name)),
        addresses: ['href', 'src', 'action', 'data'].flatMap(name => all.map(one => one.getAttribute(name)))
            .filter(Boolean),
    }
}"""


@pytest.fixture
async def infested(tmp_path: Path) -> AsyncIterator[Target]:
    async with standing(tmp_path, document=write_document()) as target:
        yield target


def test_there_are_many_vectors() -> None:
    assert len(VECTORS) >= 1500


@pytest.mark.browser
async def test_no_script_of_a_document_runs_in_a_browser_even_without_its_policy(
    infested: Target, browser: Browser
) -> None:
    for bypass in (False, True):
        context = await browser.new_context(bypass_csp=bypass)
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))  # noqa: B023 - read before the next round
        page.on("dialog", lambda dialog: complaints.append(dialog.message))  # noqa: B023
        for path in (f"/{SLUG}", f"/{SLUG}/subscribe", "/"):
            answer = await page.goto(f"{infested.settings.base_url}{path}?lang=en")
            assert answer
            assert "default-src 'none'" in (await answer.all_headers())["content-security-policy"]
            found = await page.evaluate(_FOUND)
            assert (found["hit"], found["handlers"], found["scripts"], found["strange"]) == (None, 0, 0, [])
            assert {urlsplit(address).scheme for address in found["addresses"]} <= _SCHEMES
            assert not [address for address in found["addresses"] if address.startswith(("//", "\\\\"))]
        assert complaints == []
        await context.close()


async def test_what_other_programs_read_holds_no_dangerous_link(infested: Target) -> None:
    listing = json.loads(await fetch(infested.port, f"/{SLUG}.json"))
    entries = ElementTree.fromstring(await fetch(infested.port, f"/{SLUG}.atom"))
    calendar = (await fetch(infested.port, f"/{SLUG}.ics")).decode().replace("\r\n ", "")

    assert len(listing["sessions"]) >= 1000
    links = [link["url"] for session in listing["sessions"] for link in session["links"]]
    links += [link.attrib["href"] for link in entries.iter("{http://www.w3.org/2005/Atom}link")]
    links += [line.partition(":")[2] for line in calendar.splitlines() if line.startswith("URL")]
    assert {urlsplit(link).scheme for link in links} <= _SCHEMES
    assert not [link for link in links if set(link) & set('<>"\\\t\n ')]


@pytest.mark.parametrize("kind", ["reminder", "notice", "confirmation"])
def test_a_mail_is_built_alike_whatever_its_words_are(kind: str) -> None:
    stationery, reader = make_stationery(), proof_addressee("https://bell.example.org")

    def build(word: str) -> Outline:
        series, version = replace(SERIES, title=word), _name_session(word)
        messages: dict[str, Message] = {
            "reminder": Reminder(series=series, version=version, rule="1d", now=NOW),
            "notice": Notice(kind=NoticeKind.MOVED, series=series, version=version, before=version),
            "confirmation": Confirmation(series=series),
        }
        letter = compose(messages[kind], stationery, language="en", timezone="Asia/Seoul")
        return outline(read_part(parse(letter.address(reader._replace(name=word), sent_at=NOW)), "html"))

    expected = build("word")
    assert [vector for vector in VECTORS[::8] if build(clean_line(vector)) != expected] == []


def _name_session(word: str) -> Version:
    when = When(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=2))
    links = (Link("https://example.org/", word),)
    session = Session(title=word, number=word, type=word, speakers=(word,), affiliation=word, when=when)
    return make_version(1, replace(session, place=word, note=word, links=links))


def test_a_page_is_built_alike_whatever_a_stranger_typed() -> None:
    pages = make_pages()

    def build(word: str) -> Outline:
        form = {"name": word, "email": word, "language": word, "timezone": "UTC"}
        page = pages.render(
            "again.html", "en", series=replace(SERIES, title=word), form=form, problem="doubt", form_token=word,
            summands=(1, 2),
        )  # fmt: skip
        return outline(page)

    expected = build("word")
    assert [vector for vector in VECTORS[::8] if build(vector) != expected] == []
