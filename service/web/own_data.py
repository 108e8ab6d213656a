"""What is kept about a person: to take along, and to be forgotten."""

import json
from collections.abc import Callable

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.store.dossier import compile_dossier
from service.store.keys import Purpose
from service.store.membership import erase_person, remove
from service.web.holder import Holder, find_holder
from service.web.parts import Parts

__all__ = ["OwnDataPages"]


class OwnDataPages:
    """Answers `/me/{token}/data.json`, `/me/{token}/erase` and `/me/{token}/erase-all`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where these pages stand."""
        return [
            Route("/me/{token}/data.json", self.export),
            Route("/me/{token}/erase", self.erase, methods=["POST"]),
            Route("/me/{token}/erase-all", self.erase_all, methods=["POST"]),
        ]

    async def export(self, request: Request) -> Response:
        """Everything that is kept about the person, in all series, as JSON (UTF-8)."""
        parts, holder = self._parts, await find_holder(request, self._parts, Purpose.PREFERENCES)
        kept = await parts.database.read(lambda connection: compile_dossier(connection, parts.keys, holder.participant))
        text = json.dumps(kept, ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": 'attachment; filename="studybell.json"'}
        return Response(text + "\n", media_type="application/json", headers=headers)

    async def erase(self, request: Request) -> Response:
        """Forget the registration for one series: nothing more is sent, and no link of it works any more."""
        holder, now = await find_holder(request, self._parts, Purpose.PREFERENCES), self._parts.now()
        person = holder.participant
        return await self._forget(holder, lambda connection: remove(connection, person.series, [person.address], now))

    async def erase_all(self, request: Request) -> Response:
        """Forget the person, in every series."""
        holder, now = await find_holder(request, self._parts, Purpose.PREFERENCES), self._parts.now()
        person = holder.participant
        return await self._forget(holder, lambda connection: erase_person(connection, person, now), is_all=True)

    async def _forget(self, holder: Holder, erase: Callable[[Connection], int], *, is_all: bool = False) -> Response:
        await self._parts.database.write(erase)
        language = holder.visit.reader.language
        return HTMLResponse(self._parts.pages.render("erased.html", language, series=None if is_all else holder.series))
