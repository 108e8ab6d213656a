"""A document in a file beside the settings."""

import asyncio
import os
from pathlib import Path
from typing import Final

from service.sources.reading import LIMIT, Reading, SourceTrouble, decode

__all__ = ["FileSource"]

_Stamp = tuple[int, int, int]


class FileSource:
    """A file that an editor may be writing at this moment: a change is read once it has been seen twice alike.

    Ask it every two seconds or more; what is read then has been at rest for that long. The first reading waits for
    nothing.
    """

    def __init__(self, file: Path) -> None:
        self._file: Final = file
        self._path: Final = str(file)
        self._read: _Stamp | None = None
        self._seen: _Stamp | None = None

    @property
    def name(self) -> str:
        """The file's path."""
        return self._path

    def is_at_rest(self) -> bool:
        """Whether the file is as it was when it was read: a thousand files take some milliseconds."""
        try:
            return self._read is not None and self._stamp() == self._read
        except OSError:  # `read` tells what is wrong
            return False

    async def read(self) -> Reading | None:
        """The document, or None if it is as it was or still being written. Raises `SourceTrouble`."""
        return await asyncio.to_thread(self._read_if_settled)

    def _read_if_settled(self) -> Reading | None:
        try:
            stamp = self._stamp()
            settled = self._read is None or stamp == self._seen
            self._seen = stamp
            if stamp == self._read or not settled:
                return None
            with self._file.open("rb") as stream:
                content = stream.read(LIMIT + 1)
        except FileNotFoundError:
            self._read = None
            raise SourceTrouble(f"{self.name}: there is no such file; put it back or correct `source`") from None
        except OSError as error:
            self._read = None
            raise SourceTrouble(f"{self.name}: cannot be read: {error.strerror or error}") from None
        self._read = stamp
        return decode(content, self.name)

    def _stamp(self) -> _Stamp:
        status = os.stat(self._path)  # quicker than the path's own, and asked every two seconds of every file
        return status.st_mtime_ns, status.st_size, status.st_ino
