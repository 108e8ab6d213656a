"""What other programs ask for: health, the rules for robots, how to read the feeds, style sheet and icon."""

import json
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from service.web.parts import Parts

__all__ = ["HEALTH", "PlainAnswers"]

HEALTH: Final = "/healthz"
_PRIVATE: Final = ("/confirm/", "/desk", "/mailbox", "/me/", "/undo/", "/unsubscribe/")
_PERSONAL_FEEDS: Final = "/me/*.ics$"
_A_YEAR: Final = "public, max-age=31536000, immutable"


class PlainAnswers:
    """Answers `/healthz`, `/robots.txt`, `/openapi.json` and `/static/{name}`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """Where these answers stand."""
        return [
            Route(HEALTH, self.tell_health),
            Route("/robots.txt", self.tell_robots),
            Route("/openapi.json", self.tell_interface),
            Route("/static/{name}", self.hand_out),
        ]

    async def tell_health(self, request: Request) -> Response:
        """200 if all is well, else 503, with figures."""
        health = await self._parts.health()
        return JSONResponse(
            {"status": "ok" if health.is_well else "trouble", **health.facts}, 200 if health.is_well else 503
        )

    async def tell_robots(self, request: Request) -> Response:
        """Everything may be read except what belongs to one person; calendars that ask like robots must get in."""
        root = self._parts.pages.root
        allowed = f"Allow: {root}{_PERSONAL_FEEDS}"
        lines = ["User-agent: *", allowed, *(f"Disallow: {root}{path}" for path in _PRIVATE), "Allow: /", ""]
        return PlainTextResponse("\n".join(lines), headers={"Cache-Control": "public, max-age=86400"})

    async def tell_interface(self, request: Request) -> Response:
        """What programs can read here, and in which shape (OpenAPI 3.1), at this site's own address."""
        parts = self._parts
        content = json.loads(parts.assets.files["openapi.json"]) | {"servers": [{"url": parts.base_url}]}
        headers = {"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"}
        return JSONResponse(content, headers=headers)

    async def hand_out(self, request: Request) -> Response:
        """A static file: kept for a year if the address names its content, else for an hour."""
        name = request.path_params["name"]
        found = self._parts.assets.find(name)
        if found is None:
            raise HTTPException(404)
        content, media_type = found
        is_exact = request.url.path + "?" + request.url.query == self._parts.assets.addresses[name]
        return Response(
            content,
            media_type=media_type,
            headers={"Cache-Control": _A_YEAR if is_exact else "public, max-age=3600"},
        )
