"""The lock of a data folder: one service works on an SQLite database, and a second one says so instead of starting."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.remediable import Remediable

__all__ = ["AlreadyServed", "hold"]


class AlreadyServed(Remediable):
    """Another service works on this data folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is in use by another studybell service; stop that one first, or give this one a data_dir of its"
            " own (the short commands work beside a running service)"
        )


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder` while the context lasts; the system frees it if the process dies.

    Raises `AlreadyServed`, and `OSError` if nothing can be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "serve.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyServed(folder) from None
        yield
