"""A reading: the text of a document at one moment."""

import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

from service.remediable import Remediable

__all__ = ["LIMIT", "Reading", "Source", "SourceTrouble", "decode"]

LIMIT: Final = 1024 * 1024
"""No schedule is longer than this many bytes."""


class SourceTrouble(Remediable):
    """A document cannot be read now; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source held. `digest` is the SHA-256 of its bytes in hexadecimal.

    `form` is what the source calls it, "csv", "yaml" or "toml"; empty if the source's name has to tell.
    """

    text: str
    digest: str
    form: str = ""


class Source(Protocol):
    """A place that a document is read from."""

    @property
    def name(self) -> str:
        """What the place is called in messages: a path or an address."""
        ...

    def is_at_rest(self) -> bool:
        """Whether `read` would give None; quick, and in any thread. Whoever cannot tell says no."""
        ...

    async def read(self) -> Reading | None:
        """The document, or None if there is nothing new since the last call. Raises `SourceTrouble`."""
        ...


def decode(content: bytes, name: str, form: str = "") -> Reading:
    """The reading of a document's bytes. Raises `SourceTrouble` for what is too long or no text."""
    if len(content) > LIMIT:
        raise SourceTrouble(f"{name}: the document is longer than 1 MiB; give the schedule a file of its own")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SourceTrouble(f"{name}:{line}: this is not UTF-8 text; save the document as UTF-8") from None
    return Reading(text, hashlib.sha256(content).hexdigest(), form)
