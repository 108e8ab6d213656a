"""Forms: their fields, read within limits, and the token that tells a form of ours that a person has looked at."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hmac import compare_digest
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from service.schedule.text import clean_line
from service.store.keys import Keys

__all__ = ["Form", "FormAge", "FormTokens", "draw_sum", "read_form"]

_MOST_BYTES: Final = 16 * 1024
_MOST_FIELDS: Final = 64
_PATIENCE: Final = timedelta(seconds=10)
_LAST: Final = timedelta(hours=2)


class FormAge(Enum):
    """How long ago a form was shown: too short for a person, right, or too long (or it was never ours)."""

    EARLY = "early"
    RIGHT = "right"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class FormTokens:
    """Signed times of showing a form, so that a program cannot post it without having asked for it first.

    A person needs at least `first` for it. A token is good only for forms that are `about` the same.
    """

    keys: Keys
    about: str = ""
    first: timedelta = timedelta(seconds=3)

    def issue(self, now: datetime) -> str:
        """A token for a form that is shown at `now`."""
        shown = str(int(now.timestamp()))
        return f"{shown}.{self._sign(shown)}"

    def judge(self, token: str, now: datetime) -> FormAge:
        """How old the form with this token is at `now`."""
        shown, _, signature = token.partition(".")
        if not compare_digest(signature.encode(), self._sign(shown).encode()) or not shown.isdecimal():
            return FormAge.LATE
        age = now.timestamp() - int(shown)
        if age < self.first.total_seconds():
            return FormAge.EARLY
        return FormAge.RIGHT if age < _LAST.total_seconds() else FormAge.LATE

    def _sign(self, shown: str) -> str:
        return self.keys.fingerprint(f"form:{self.about}:{shown}")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each with all its values in order."""

    fields: Mapping[str, tuple[str, ...]]

    def line(self, name: str, most: int = 254) -> str:
        """The first value of a field as one clean line of at most `most` characters; empty if it is not there."""
        return clean_line(self.fields.get(name, ("",))[0][: 4 * most])[:most]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field."""
        return self.fields.get(name, ())


def draw_sum(keys: Keys, token: str, address: str) -> tuple[int, int]:
    """The two numbers whose sum doubtful times ask for: others for each form (told by its token) and each address."""
    drawn = int(keys.fingerprint(f"sum:{token}:{address}"), 16)
    return 2 + drawn % 8, 2 + drawn // 8 % 8


async def read_form(request: Request) -> Form:
    """The form that a request carries.

    Raises HTTPException: 413 for more than 16 KiB, 408 if it takes more than 10 seconds to arrive, 415 if it is not
    an ordinary form (files are never wanted), 400 if it cannot be read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    try:
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            body = await _read_body(request)
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except TimeoutError as error:
        raise HTTPException(408) from error
    except (ValueError, ClientDisconnect) as error:
        raise HTTPException(400) from error
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise HTTPException(413)
    return bytes(body)
