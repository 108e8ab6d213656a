"""What is kept about a participant: to take along, and to be forgotten."""

import json

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.store.keys import Purpose
from service.store.membership import remove
from service.store.participants import Participant
from service.web.holder import find_holder
from service.web.parts import Parts

__all__ = ["OwnDataPages"]


class OwnDataPages:
    """Answers `/me/{token}/data.json` and `/me/{token}/erase`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where these pages stand."""
        return [
            Route("/me/{token}/data.json", self.export),
            Route("/me/{token}/erase", self.erase, methods=["POST"]),
        ]

    async def export(self, request: Request) -> Response:
        """Everything that is kept about the participant, as JSON (UTF-8)."""
        holder = await find_holder(request, self._parts, Purpose.PREFERENCES)
        text = json.dumps(_list_data(holder.participant), ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": f'attachment; filename="{holder.series.slug}.json"'}
        return Response(text + "\n", media_type="application/json", headers=headers)

    async def erase(self, request: Request) -> Response:
        """Forget the participant: nothing is kept, nothing more is sent, and no link works any more."""
        holder = await find_holder(request, self._parts, Purpose.PREFERENCES)
        person = holder.participant
        await self._parts.database.write(
            lambda connection: remove(connection, person.series, [person.address], self._parts.now())
        )
        page = self._parts.pages.render("erased.html", holder.visit.reader.language, series=holder.series)
        return HTMLResponse(page)


def _list_data(person: Participant) -> dict[str, str | None]:
    return {
        "email": person.address,
        "name": person.name,
        "series": person.series,
        "language": person.language,
        "timezone": person.timezone,
        "reminders": person.leads,
        "state": person.state.value,
        "reminded_since": person.since.isoformat() if person.since else None,
    }
