"""A kept revision: its sessions as the text that the database has of them, until somebody needs them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from service.schedule.version import Revision, Version
from service.store.content import read_asides, read_session

__all__ = ["Kept", "Packed", "pack", "read_packed"]

Packed = tuple[str, int, datetime, bool, datetime | None, bytes]
"""A version as it takes the least memory: uid, sequence, modified, withdrawn, moved_from, and content in UTF-8."""


class Kept:
    """A revision that is read when it is first asked for: of a thousand series few are asked for soon."""

    __slots__ = ("_content",)

    def __init__(self, packed: Sequence[Packed], minted: int, asides: str) -> None:
        self._content: tuple[Sequence[Packed], int, str] | Revision = (packed, minted, asides)

    def read(self) -> Revision:
        """The revision; the first time takes some 40 µs a session, in any thread."""
        content = self._content
        if not isinstance(content, Revision):
            self._content = content = read_packed(*content)
        return content


def pack(row: Sequence[Any]) -> Packed:
    """The version in a row that has its series, and then what `Packed` says."""
    _, uid, sequence, modified, withdrawn, moved_from, content = row
    return uid, sequence, modified, withdrawn, moved_from, content.encode()


def read_packed(packed: Sequence[Packed], minted: int, asides: str) -> Revision:
    """The revision of these versions, in their order."""
    return Revision(versions=tuple(map(_unpack, packed)), changes=(), minted=minted, asides=read_asides(asides))


def _unpack(packed: Packed) -> Version:
    uid, sequence, modified, withdrawn, moved_from, content = packed
    return Version(
        uid=uid,
        session=read_session(content.decode()),
        sequence=sequence,
        modified=modified,
        withdrawn=withdrawn,
        moved_from=moved_from,
    )
