"""A desk with something of everything on it, and the way to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import Connection, insert

from service.schedule.session import When
from service.schedule.version import Change, ChangeKind, Revision, Version
from service.store import desk, revisions
from service.store.ledger import DeliveryState, Kind
from service.store.membership import add
from service.store.participants import State
from service.store.revisions import Stored
from service.store.tables import deliveries
from service.store.waiting import weigh
from service.web.parts import Parts
from tests.web.people import SLUG
from tests.web.season import make_season

__all__ = ["EDIT", "enter", "enter_delivery", "fetch_link", "fill_desk", "find_fields", "publish"]

EDIT = "e" * 64
DAY = timedelta(days=1)


async def fetch_link(parts: Parts) -> str:
    """The path of a new link to the desk."""
    token = await parts.database.write(lambda connection: desk.issue_link(connection, parts.real_now()))
    return f"/desk/open/{token}"


async def enter(client: httpx.AsyncClient, parts: Parts) -> httpx.Response:
    """Open the desk and look at it."""
    assert (await client.post(await fetch_link(parts))).status_code == 303
    return await client.get("/desk?lang=en")


def find_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that posts to `action`."""
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    inputs = [part.partition('value="') for part in form.split("<input ")[1:]]
    return {head.partition('name="')[2].partition('"')[0]: rest.partition('"')[0] for head, _, rest in inputs}


async def publish(parts: Parts, versions: Sequence[Version], **state: Any) -> None:
    """Put these versions into the database and onto the shelf."""
    now = parts.now()
    stored = Stored(
        title="Season",
        language="ko",
        document="",
        digest="d" * 64,
        changed_at=now - DAY,
        presented_at=now - DAY,
        presentation="",
        content=Revision(versions=tuple(versions), changes=(), minted=99),
        **state,
    )
    await parts.database.write(lambda connection: revisions.save(connection, SLUG, stored))
    found = parts.shelf.published(SLUG)
    assert found is not None
    parts.shelf.put(found.series, stored.revision, now=now, stale_since=stored.broken_since)


def enter_delivery(connection: Connection, parts: Parts, person: int, state: DeliveryState, **changes: Any) -> int:
    """A reminder of the fourth week in some state; its id."""
    now = parts.now()
    row = {
        "kind": Kind.REMINDER,
        "series": SLUG,
        "participant_id": person,
        "session": "reading-4@bell.example.org",
        "rule": "1d",
        "starts_at": now + 3 * DAY,
        "due_at": now - timedelta(hours=1),
        "next_at": now - timedelta(hours=1),
        "expires_at": now + DAY,
        "state": state,
        "created_at": now - timedelta(hours=1),
        "settled_at": None if state is DeliveryState.PLANNED else now - timedelta(minutes=20),
    }
    return int(connection.execute(insert(deliveries).values(**(row | changes)).returning(deliveries.c.id)).scalar_one())


async def fill_desk(parts: Parts) -> None:
    """Week 4 is edited and waits, week 5 moved late and Google has not seen it, and mails went wrong in many ways."""
    now = parts.now()
    season = list(make_season())
    at = next(index for index, version in enumerate(season) if version.when.starts > now)
    season[at] = replace(season[at], modified=now - timedelta(hours=1), moved_from=now + timedelta(hours=20))
    coming = [version for version in season[at + 1 : -1] if version.session.meets]
    later = [replace(one, session=replace(one.session, when=_put_off(one))) for one in coming]
    changes = [Change(ChangeKind.MOVED, before, after) for before, after in zip(coming, later, strict=True)]
    trouble = "season.md: this edit cancels or moves more than 30 % of the coming sessions"
    await publish(parts, season, broken_since=now - DAY, trouble=trouble, waiting=weigh(EDIT, changes))
    for program, hours in (("Google-Calendar-Importer", 9), ("iOS/17.0 dataaccessd/1.0", 2), ("Thunderbird/128.0", 0)):
        parts.fetches.note(SLUG, program, now - timedelta(hours=hours))
    await parts.database.write(lambda connection: _fill_ledger(connection, parts, now))


def _put_off(version: Version) -> When:
    return When(version.when.starts + DAY, version.when.ends + DAY)


def _fill_ledger(connection: Connection, parts: Parts, now: datetime) -> None:
    people = [_add(connection, name, now) for name in ("hana", "minjun", "sora", "김하늘")]
    refusal = "rcpt 550 5.1.1 <hana@example.org>: no such user"
    enter_delivery(connection, parts, people[0], DeliveryState.FAILED, reason=refusal)
    doubt = "the line broke after the mail was handed over"
    enter_delivery(connection, parts, people[1], DeliveryState.UNCERTAIN, reason=doubt)
    late = {"reason": "it would have come too late", "starts_at": now - 2 * DAY, "expires_at": now - 2 * DAY}
    for person in people[:3]:
        enter_delivery(connection, parts, person, DeliveryState.EXPIRED, rule="1h", **late)
        enter_delivery(connection, parts, person, DeliveryState.SENT, rule="7d")
    news = {"kind": Kind.MOVED, "rule": "3", "next_at": now + timedelta(minutes=8)}
    for person in people[:2]:
        enter_delivery(connection, parts, person, DeliveryState.PLANNED, **news)


def _add(connection: Connection, name: str, now: datetime) -> int:
    return add(
        connection,
        series=SLUG,
        address=f"{name}@example.org",
        name=name,
        language="ko",
        timezone="Asia/Seoul",
        state=State.PENDING if name == "sora" else State.CONFIRMED,
        now=now,
    ).id
