"""Personal feeds: everything one person is registered for, for that person only."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import icalendar
import pytest

from service.schedule.session import Session, When
from service.schedule.version import Revision
from service.store.database import Database, DatabaseTrouble
from service.store.fetches import Family, list_fetches
from service.store.keys import Purpose
from service.store.membership import add, remove, unsubscribe
from service.store.participants import Participant, State
from service.store.wishes import prefer
from service.web.parts import Parts
from service.web.shelf import Shelf
from tests.web.conftest import Watch
from tests.web.people import SLUG, join, link
from tests.web.season import BEGIN, make_series, make_version


@pytest.fixture
async def person(parts: Parts, shelf: Shelf, watch: Watch) -> Participant:
    """Somebody registered for two series."""
    other = make_series(slug="other", title="Other", url="http://127.0.0.1:8000/other")
    alone = make_version(500, Session(title="Alone", when=When(BEGIN, BEGIN + timedelta(hours=1))))
    shelf.put(other, Revision(versions=(alone,), changes=(), minted=1), now=watch.now())
    await register(parts, "other")
    return await join(parts, language="en")


async def register(parts: Parts, series: str) -> None:
    await parts.database.write(
        lambda connection: add(
            connection,
            series=series,
            address="reader@example.org",
            language="ko",
            timezone="Asia/Seoul",
            state=State.CONFIRMED,
            now=parts.now(),
        )
    )


def address(parts: Parts, person: Participant) -> str:
    return link(parts, Purpose.PREFERENCES, person) + ".ics"


async def test_it_has_every_series_in_the_person_s_language(
    client: httpx.AsyncClient, parts: Parts, person: Participant
) -> None:
    answer = await client.get(address(parts, person), headers={"Accept-Encoding": "identity"})

    calendar = icalendar.Calendar.from_ical(answer.content)
    titles = [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert str(calendar["X-WR-CALNAME"]) == "My sessions"
    assert len(titles) == 20
    assert "Alone" in titles
    assert any(title.startswith("[Cancelled]") for title in titles)
    assert "Speakers: " in answer.text


async def test_it_is_for_its_reader_only(client: httpx.AsyncClient, parts: Parts, person: Participant) -> None:
    answer = await client.get(address(parts, person))

    token = address(parts, person).removeprefix("/me/").removesuffix(".ics")
    assert answer.headers["cache-control"].startswith("private")
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["x-robots-tag"] == "noindex"
    assert token not in answer.text
    assert "reader@" not in answer.text


async def test_it_is_asked_for_conditionally(client: httpx.AsyncClient, parts: Parts, person: Participant) -> None:
    path = address(parts, person)
    first, head = await client.get(path), await client.head(path)
    again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    dated = await client.get(path, headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})

    assert (head.headers, head.content) == (first.headers, b"")
    assert (again.status_code, again.content) == (304, b"")
    assert (dated.status_code, "last-modified" in first.headers) == (200, False)


async def test_alarms_are_those_of_the_reminders(client: httpx.AsyncClient, parts: Parts, person: Participant) -> None:
    usual = (await client.get(f"{address(parts, person)}?alarm=mine")).text
    now = parts.now()
    await parts.database.write(
        lambda connection: prefer(connection, person, leads="2d@20:00 90m", digest=False, invitations=False, now=now)
    )
    chosen = (await client.get(f"{address(parts, person)}?alarm=mine&alarm=10m")).text
    none = (await client.get(address(parts, person))).text

    assert {usual.count(f"TRIGGER:-{lead}\r\n") for lead in ("P7D", "P1D", "PT60M")} == {18}
    assert (chosen.count("TRIGGER:-PT90M\r\n"), chosen.count("TRIGGER:-PT10M\r\n")) == (18, 19)
    assert chosen.count("TRIGGER:-P2D\r\n") == 18, "an alarm has no time of day: it rings whole days before"
    assert "VALARM" not in none


async def test_sessions_and_style_can_be_chosen_as_anywhere(
    client: httpx.AsyncClient, parts: Parts, person: Participant
) -> None:
    some = (await client.get(f"{address(parts, person)}?type=SFT&lang=ko")).text
    wrong = await client.get(f"{address(parts, person)}?alarm=soon")

    assert some.count("BEGIN:VEVENT") == 2
    assert "내 모임" in some
    assert wrong.status_code == 400


async def test_it_follows_registrations(
    client: httpx.AsyncClient, parts: Parts, person: Participant, watch: Watch
) -> None:
    path = address(parts, person)
    both = await client.get(path)
    await parts.database.write(lambda connection: unsubscribe(connection, person, watch.now()))
    one = await client.get(path, headers={"If-None-Match": both.headers["etag"]})
    await parts.database.write(lambda connection: remove(connection, "other", ["reader@example.org"], watch.now()))
    none = await client.get(path)
    await parts.database.write(lambda connection: remove(connection, SLUG, ["reader@example.org"], watch.now()))
    unknown = await client.get(path)

    assert (one.status_code, one.text.count("BEGIN:VEVENT")) == (200, 1)
    assert (none.status_code, unknown.status_code) == (410, 404)
    assert {none.headers["cache-control"], unknown.headers["cache-control"]} == {"private, no-store"}


async def test_an_unchanged_calendar_is_put_together_once(
    client: httpx.AsyncClient, parts: Parts, person: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = address(parts, person)
    await client.get(path)
    monkeypatch.setattr("service.web.personal_feed.render_calendar", None)

    assert (await client.get(path)).status_code == 200


async def test_without_a_database_the_last_one_is_given(
    client: httpx.AsyncClient, parts: Parts, person: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = address(parts, person)
    before = await client.get(path)

    async def refuse(self: Database, work: Callable[..., object]) -> object:
        raise DatabaseTrouble("the database is away")

    monkeypatch.setattr(Database, "read", refuse)
    after, other = await client.get(path), await client.get(path.replace(".ics", "x.ics"))

    assert after.content == before.content
    assert (other.status_code, other.headers["retry-after"]) == (503, "300")


@pytest.mark.parametrize("method", ["PROPFIND", "PUT", "POST", "DELETE"])
async def test_it_cannot_be_written(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/me/abc.ics")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", ["/me/abc.ics", "/me/.ics", "/me/a/b.ics", "/me/%00.ics"])
async def test_an_unknown_link_leads_nowhere(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_no_token_is_logged(
    client: httpx.AsyncClient, parts: Parts, person: Participant, caplog: pytest.LogCaptureFixture
) -> None:
    path = address(parts, person)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("httpx").disabled = True
        try:
            await client.get(path)
            await client.get(path + "?alarm=soon")
        finally:
            logging.getLogger("httpx").disabled = False

    assert path.removeprefix("/me/").removesuffix(".ics") not in caplog.text


async def test_the_preferences_tell_its_address(client: httpx.AsyncClient, parts: Parts, person: Participant) -> None:
    path = link(parts, Purpose.PREFERENCES, person)

    page = (await client.get(f"{path}?lang=en")).text

    assert f">http://127.0.0.1:8000{path}.ics<" in page
    assert f">http://127.0.0.1:8000{path}.ics?alarm=mine<" in page
    assert "webcal://127.0.0.1:8000" in page


async def test_those_whom_mail_does_not_reach_keep_their_calendar(
    client: httpx.AsyncClient, parts: Parts, person: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounced = replace(person, state=State.SUPPRESSED)
    monkeypatch.setattr("service.web.personal_feed.by_token", lambda *_: bounced)
    monkeypatch.setattr("service.web.personal_feed.same_person", lambda *_: ())

    assert (await client.get(address(parts, person))).text.count("BEGIN:VEVENT") == 19


async def test_a_fetch_counts_for_each_series_and_names_nobody(
    client: httpx.AsyncClient, parts: Parts, person: Participant, watch: Watch
) -> None:
    path = address(parts, person)
    asked = {"User-Agent": "iOS/17.0 (21A329) dataaccessd/1.0"}
    etag = (await client.get(path, headers=asked)).headers["etag"]
    watch.turn(timedelta(hours=1))
    assert (await client.get(path, headers={**asked, "If-None-Match": etag})).status_code == 304
    await client.get(path.replace("/me/", "/me/x"), headers={"User-Agent": "Thunderbird/128.0"})

    for slug in (SLUG, "other"):
        assert parts.fetches.last(slug) == {Family.APPLE: watch.now()}
    await parts.fetches.keep(parts.database)
    kept = await parts.database.read(list_fetches)
    assert set(kept) == {SLUG, "other"}
