"""A representation: a feed's bytes in each content coding, with the headers of every answer ready (RFC 9110 8)."""

import gzip
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from service.schedule.text import clean_line

__all__ = ["CALENDAR", "Coded", "Headers", "Payload", "Representation", "name_file"]

CALENDAR: Final = "text/calendar; charset=utf-8; method=PUBLISH"  # METHOD stands in the body, too (RFC 5545 8.1)

Headers = tuple[tuple[bytes, bytes], ...]
"""Header fields as ASGI sends them, names in lower case; a tuple, because they are sent many times."""

_KEPT: Final[Headers] = (
    (b"vary", b"Accept-Encoding"),
    (b"x-robots-tag", b"noindex"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_PUBLIC: Final[Headers] = (
    (b"cache-control", b"public, max-age=300, stale-if-error=86400"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Last-Modified, Retry-After, X-Schedule-Stale-Since"),
)
_PERSONAL: Final[Headers] = ((b"cache-control", b"private, max-age=300, stale-if-error=86400"),)
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Coded:
    """The answers in one content coding: `found` are the headers of a 200 with `body`, `unchanged` those of a 304.

    `etag` is strong and belongs to this coding alone (RFC 9110 8.8.3.3). The heads are the same as HTTP/1.1 writes
    them: status line and headers, without the empty line at the end (RFC 9112 2.1).
    """

    body: bytes
    etag: bytes
    found: Headers
    unchanged: Headers
    found_head: bytes
    unchanged_head: bytes


@dataclass(frozen=True)
class Payload:
    """A feed's bytes. They are named and compressed once, and the same in every process."""

    plain: bytes

    @cached_property
    def digest(self) -> str:
        """The name of these bytes: 20 characters of base64url."""
        return urlsafe_b64encode(sha256(self.plain).digest()[:15]).decode()

    @cached_property
    def gzip(self) -> bytes:
        """The bytes compressed, at the first demand."""
        return gzip.compress(self.plain, 6, mtime=0)


@dataclass(frozen=True, kw_only=True)
class Representation:
    """One address' current answer in every coding; each is put together at the first demand and then ready.

    `modified` becomes its Last-Modified, in whole seconds; without it only the tag tells what is current.
    `disposition` comes from `name_file`. With `stale_since` the answers say that the source has been out of reach
    since then (`X-Schedule-Stale-Since`). Both instants are aware. What `is_personal` is kept by nobody but its reader.
    """

    payload: Payload
    modified: datetime | None
    disposition: str
    stale_since: datetime | None = None
    media_type: str = CALENDAR
    is_personal: bool = False

    @cached_property
    def plain(self) -> Coded:
        """The answers without compression."""
        return self._code(self.payload.plain, f'"{self.payload.digest}"', ())

    @cached_property
    def gzip(self) -> Coded:
        """The answers in gzip."""
        return self._code(self.payload.gzip, f'"{self.payload.digest}-gz"', ((b"content-encoding", b"gzip"),))

    def _code(self, body: bytes, etag: str, coding: Headers) -> Coded:
        unchanged: Headers = ((b"etag", etag.encode()), *_KEPT, *(_PERSONAL if self.is_personal else _PUBLIC))
        if self.modified:
            modified = format_datetime(self.modified.astimezone(UTC), usegmt=True)
            unchanged = (*unchanged, (b"last-modified", modified.encode()))
        if self.stale_since:
            since = f"{self.stale_since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            unchanged = (*unchanged, (b"x-schedule-stale-since", since.encode()))
        described = (
            (b"content-type", self.media_type.encode()),
            (b"content-disposition", self.disposition.encode("ascii")),
            (b"content-length", str(len(body)).encode()),
        )
        found = (*described, *coding, *unchanged)
        heads = _write_head(b"200 OK", found), _write_head(b"304 Not Modified", unchanged)
        return Coded(body, etag.encode(), found, unchanged, *heads)


def _write_head(status: bytes, headers: Headers) -> bytes:
    return b"HTTP/1.1 %s\r\n%s" % (status, b"".join(b"%s: %s\r\n" % header for header in headers))


@lru_cache(maxsize=1024)
def name_file(kind: str, stem: str, title: str, ending: str = "ics") -> str:
    """A Content-Disposition of this `kind` ("inline", "attachment") with a name in ASCII and the title's own letters.

    RFC 6266, RFC 8187.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip(".-") or "schedule"
    speaking = re.sub(r'[/\\:*?"<>|]+', " ", clean_line(title))[:_LONGEST_NAME].strip(" .") or plain
    return f"{kind}; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(f'{speaking}.{ending}', safe='')}"
