"""The desk's door: a link from the command line opens it once, a cookie keeps it open, and a button closes it.

Nobody comes in by what a page of another site, a mail scanner or an old link does: reading opens nothing.
"""

from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from service.store import desk
from service.web.parts import Parts

__all__ = ["Door"]

_COOKIE: Final = "desk"
_LONGEST: Final = 64


class Door:
    """Lets the organiser in. Sessions are counted on the machine's clock."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._is_https = urlsplit(parts.base_url).scheme == "https"
        # A browser takes a cookie of this prefix from this very host only, and only over https (RFC 6265bis 4.1.3).
        self.cookie: Final = f"__Host-{_COOKIE}" if self._is_https else _COOKIE

    async def has(self, token: str) -> bool:
        """Whether the link with this token works still."""
        now = self._parts.real_now()
        return await self._parts.database.read(lambda connection: desk.is_link(connection, token, now))

    async def open_with(self, token: str) -> str | None:
        """Use up the link: the session that it opens, if it worked still."""
        now = self._parts.real_now()
        return await self._parts.database.write(lambda connection: desk.open_with(connection, token, now))

    async def find_session(self, request: Request) -> str | None:
        """The session that a request brings, if it is one and not over."""
        session, now = request.cookies.get(self.cookie, ""), self._parts.real_now()
        if not session or len(session) > _LONGEST:
            return None
        is_open = await self._parts.database.write(lambda connection: desk.is_open(connection, session, now))
        return session if is_open else None

    async def close(self, session: str) -> None:
        """End a session."""
        await self._parts.database.write(lambda connection: desk.close(connection, session))

    def form_token(self, session: str) -> str:
        """What every form of the desk carries in this session, and no other page knows."""
        return self._parts.keys.fingerprint(f"desk:{session}")

    def admits(self, form_token: str, session: str) -> bool:
        """Whether a form is one of this session's."""
        return compare_digest(form_token.encode(), self.form_token(session).encode())

    def hand_key(self, response: Response, session: str) -> None:
        """Have the browser bring the session from now on. A link in a mail leads to the desk, too: hence Lax."""
        lasting = int(desk.LASTING.total_seconds())
        response.set_cookie(self.cookie, session, max_age=lasting, secure=self._is_https, httponly=True, samesite="lax")

    def take_key(self, response: Response) -> None:
        """Have the browser forget the session."""
        response.delete_cookie(self.cookie, secure=self._is_https, httponly=True, samesite="lax")
