"""What markup is made of, whatever its words say."""

from html.parser import HTMLParser

__all__ = ["Outline", "outline"]

Outline = list[tuple[str, tuple[str, ...]]]
"""The elements of a page in order, each with the names of its attributes."""


def outline(html: str) -> Outline:
    """The outline of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: Outline = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.found.append(("!--", ()))
