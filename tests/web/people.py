"""Steps that a visitor of the site takes, for the tests."""

import re
from datetime import timedelta

import httpx
from sqlalchemy import Connection, select

from service.store.keys import Purpose
from service.store.membership import add, confirm
from service.store.participants import Participant, State, list_all, remember_token
from service.store.tables import deliveries
from service.web.parts import Parts
from tests.web.conftest import Watch

__all__ = ["fill_form", "join", "link", "list_mail", "list_people", "post_form"]

SLUG = "reading-season4"


async def fill_form(client: httpx.AsyncClient, watch: Watch, **fields: str) -> dict[str, str]:
    """What a person sends who has looked at the schedule page for ten seconds."""
    page = (await client.get(f"/{SLUG}?lang=en")).text
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found is not None
    watch.turn(timedelta(seconds=10))
    filled = {
        "form": found[1],
        "lang": "en",
        "email": "reader@example.org",
        "name": "Reader",
        "language": "ko",
        "timezone": "Asia/Seoul",
        "homepage": "",
    }
    return filled | fields


async def post_form(client: httpx.AsyncClient, watch: Watch, **fields: str) -> httpx.Response:
    """Look at the schedule page, fill its form and send it."""
    return await client.post(f"/{SLUG}/participants", data=await fill_form(client, watch, **fields))


async def list_people(parts: Parts) -> tuple[Participant, ...]:
    return await parts.database.read(list_all)


async def list_mail(parts: Parts) -> list[str]:
    """The kinds of mail owed, in the order they came to be."""

    def read(connection: Connection) -> list[str]:
        return list(connection.execute(select(deliveries.c.kind).order_by(deliveries.c.id)).scalars())

    return await parts.database.read(read)


async def join(
    parts: Parts, series: str = SLUG, *, state: State = State.CONFIRMED, language: str = "en"
) -> Participant:
    """Somebody who registered, and confirmed it unless `state` says otherwise."""
    now = parts.now()

    def write(connection: Connection) -> Participant:
        person = add(
            connection,
            series=series,
            address="reader@example.org",
            name="Reader",
            language=language,
            timezone="Asia/Seoul",
            state=State.PENDING,
            now=now,
        )
        remember_token(connection, parts.keys, person, Purpose.CONFIRM, expires_at=now + timedelta(hours=72))
        return confirm(connection, parts.keys, person, now) if state is State.CONFIRMED else person

    return await parts.database.write(write)


def link(parts: Parts, purpose: Purpose, person: Participant) -> str:
    """The path of the link in a mail."""
    return f"/{purpose}/{parts.keys.token(purpose, person.id, person.generation)}"
