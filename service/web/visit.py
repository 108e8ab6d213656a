"""A visit: in which language and time zone somebody asks for a page, and from which network."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

from service.web.languages import choose_language
from service.web.network import tell_network
from service.web.pages import LanguageChoice, Pages
from service.web.views import Reader
from service.web.zones import is_offered

__all__ = ["Visit", "locate", "receive"]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who reads a page, and in which languages it can be read."""

    reader: Reader
    languages: tuple[LanguageChoice, ...]


def receive(request: Request, pages: Pages, *, language: str, timezone: str = "UTC", chosen: str = "") -> Visit:
    """The visit that a request is.

    The language is that of `?lang=`, else the one `chosen` by a participant, else what the browser accepts, else
    `language`; the time zone that of `?tz=`, else `timezone`.
    """
    asked, zone = request.query_params.get("lang", ""), request.query_params.get("tz", "")
    accepted = request.headers.get("accept-language", "")
    reader = Reader(
        choose_language(asked, f"{chosen},{accepted}" if chosen else accepted, language, pages.languages),
        zone if is_offered(zone) else timezone,
    )
    kept = {"tz": zone} if is_offered(zone) else {}
    addresses = {code: "?" + urlencode({"lang": code} | kept) for code in pages.languages}
    return Visit(reader, pages.language_choices(addresses))


def locate(request: Request, trusted_proxies: int) -> str:
    """The network that a request comes from, as limits count it."""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    peer = request.client.host if request.client else ""
    return tell_network(peer, forwarded.split(",") if forwarded else (), trusted_proxies=trusted_proxies)
