"""An answer: what a web server said, and whether it is a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from service.sources.location import Location
from service.sources.pacing import read_retry_after
from service.sources.reading import LIMIT
from service.sources.unusable import Unusable

__all__ = ["Answer", "check_fields", "check_status", "is_page"]

_FORMS: Final = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/yaml": "yaml",  # RFC 9512
    "application/toml": "toml",
}
_PAGE_STARTS: Final = (b"<!doctype html", b"<html")
_PAGE_TYPES: Final = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. `headers` has lower-case names; `content` is empty unless `status` is 200."""

    location: Location
    status: int
    headers: Mapping[str, str]
    content: bytes = b""

    @property
    def media_type(self) -> str:
        """What the server calls the document, like "text/csv"; empty if it does not say."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def form(self) -> str:
        """The form of document that the media type names; empty if it names none."""
        return _FORMS.get(self.media_type, "")

    @property
    def retry_after(self) -> float:
        """How many seconds the server wants to be left alone; 0 if it does not say."""
        return read_retry_after(self.headers.get("retry-after", ""), self.headers.get("date", ""))


def check_status(status: int) -> None:
    """Raise `Unusable` for an answer that holds no document."""
    if status != 200:
        raise Unusable(_explain(status))


def check_fields(headers: Mapping[str, str]) -> None:
    """Raise `Unusable` if the document that these fields announce is not worth receiving."""
    if headers.get("content-encoding", "").lower() not in ("", "identity"):
        raise Unusable("the server packs the document though it was asked not to; use an address that gives it as is")
    length = headers.get("content-length", "")
    if not length and "chunked" not in headers.get("transfer-encoding", "").lower():
        # Nobody could tell the end of the document from a broken line, and half a schedule cancels sessions.
        raise Unusable("the server does not say where the document ends; use a server that sends its length")
    if length and int(length) > LIMIT:
        raise Unusable("the document is longer than 1 MiB; give the schedule a file of its own")


def is_page(answer: Answer) -> bool:
    """Whether the content is a web page rather than a document."""
    start = answer.content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return answer.media_type in _PAGE_TYPES or start.startswith(_PAGE_STARTS)


def _explain(status: int) -> str:
    match status:
        case 401 | 403 | 407:
            return f"the server wants a sign-in (status {status}); let everybody who has the address read the document"
        case 404 | 410:
            return f"there is nothing at this address (status {status}); put the document back or correct `source`"
        case 429:
            return "the server was asked too often (status 429); it is asked again later"
        case _ if status >= 500:
            return f"the server is in trouble (status {status}); it is asked again later"
        case _:
            return f"the server gives no document (status {status}); open the address in a browser and correct `source`"
