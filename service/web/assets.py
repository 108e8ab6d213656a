"""Assets: the style sheet, the icon and other files, under addresses that change with their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["Assets"]

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Assets:
    """The static files by name, such as `style.css`."""

    files: Mapping[str, bytes]

    @property
    def addresses(self) -> dict[str, str]:
        """The path of each file; its query tells one content from another, so that it may be kept for a year."""
        return {
            name: f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}" for name, content in self.files.items()
        }

    def find(self, name: str) -> tuple[bytes, str] | None:
        """The content and media type of the file `name`; None if there is no such file."""
        content = self.files.get(name)
        return None if content is None else (content, _TYPES.get(name.rpartition(".")[2], "application/octet-stream"))
