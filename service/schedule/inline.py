"""Inline Markdown and HTML: the words, links and marks of one cell."""

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import quote

from markdown_it.token import Token

from service.schedule.grid import Cell
from service.schedule.session import Link
from service.schedule.text import clean_line, mask_addresses

__all__ = ["Flattening", "plain_text", "safe_url"]

_BARE_URL = re.compile(r"""https?://[^\s<>|"'`）」\])]+""")
_TAG = re.compile(r"<\s*(?P<close>/?)\s*(?P<name>[a-zA-Z]+)(?P<rest>[^<>]*)>")
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_ALT = re.compile(r"""alt\s*=\s*["']([^"'>]*)""", re.IGNORECASE)
_BREAKS = {"br", "hr", "li", "p", "div"}
_STRIKES = {"s", "del", "strike"}
_WEB = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
_URL_MARKS = "%:/?#[]@!$&'()*+,;=~"
_SAFE = re.compile(r"[\w.%:/?#\[\]@!$&'()*+,;=~-]*", re.ASCII)
_ADDRESS_IN_URL = re.compile(r"[\w.+%-](?:@|%40)[\w-]+\.\w")
_ENTITY = re.compile(r"&#?\w{1,32};")


def safe_url(address: str) -> str:
    """`address` if it is a plain http or https address, else an empty text.

    Relative addresses lead nowhere from a calendar; an address that carries somebody's mail address is not passed on.
    """
    address = address.strip()
    if not _WEB.match(address) or _ADDRESS_IN_URL.search(address):
        return ""
    return address if _SAFE.fullmatch(address) else quote("".join(address.split()), safe=_URL_MARKS)


def plain_text(text: str) -> str:
    """`text` without markup as a cell shows it: clean lines, addresses masked."""
    clean = "\n".join(map(clean_line, text.split("\n"))).strip() if "\n" in text else clean_line(text)
    return mask_addresses(clean) if "@" in clean or "＠" in clean else clean


class Flattening:
    """The walk over the parts of one cell, collecting words, links and marks."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.struck: list[str] = []
        self.badges: list[str] = []
        self.links: list[Link] = []
        self.open: list[tuple[str, int]] = []
        self.strikes = self.marks = self.raised = 0
        self.unmarked = False

    def take_all(self, tokens: Iterable[Token]) -> "Flattening":
        """The same walk after all these tokens."""
        for token in tokens:
            self.take(token)
        return self

    def cell(self, line: int, column: int) -> Cell:
        """The cell that stands at this place."""
        while self.open:
            self.close_link()
        text = plain_text("".join(self.words))
        struck = plain_text(" ".join(self.struck)) if self.struck else ""
        badges = tuple(badge for badge in map(plain_text, self.badges) if badge)
        return Cell(text, line, column, tuple(self.links), struck, badges, bool(text) and not self.unmarked)

    def take(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special" | "code_inline":
                self.say(token.content)
            case "softbreak":
                self.words.append(" ")
            case "hardbreak":
                self.break_line()
            case "link_open":
                self.open_link(str(token.attrs.get("href", "")))
            case "link_close":
                self.close_link()
            case "image":
                self.badges.append(token.content)
            case "s_open" | "s_close":
                self.strikes += token.nesting
            case "strong_open" | "strong_close" | "em_open" | "em_close":
                self.marks += token.nesting
            case "html_inline":
                self.take_tag(token.content)

    def break_line(self) -> None:
        """Go on with a new line of the cell."""
        self.words.append("\n")

    def say(self, text: str) -> None:
        """Take words; an address among them becomes a link unless it stands in one."""
        if self.strikes > 0:
            self.struck.append(text)
            return
        if self.raised > 0 and len(text) <= 3:
            return
        self.unmarked = self.unmarked or (self.marks <= 0 and bool(text.strip()))
        if not self.open and "://" in text:
            text = _BARE_URL.sub(self.note_address, text)
        self.words.append(text)

    def note_address(self, match: re.Match[str]) -> str:
        address = match.group().rstrip(".,;:")
        self.add_link(address, "")
        return ""

    def add_link(self, address: str, label: str) -> None:
        if url := safe_url(address):
            self.links.append(Link(url, label))

    def open_link(self, address: str) -> None:
        """Let the following words be the label of a link to `address`."""
        self.open.append((address, len(self.words)))

    def close_link(self) -> None:
        """End the label of the innermost link."""
        if self.open:
            address, start = self.open.pop()
            label = plain_text("".join(self.words[start:])).replace("\n", " ")
            if re.match(r"https?://", label):
                del self.words[start:]
                label = ""
            self.add_link(address, label)

    def take_tag(self, content: str) -> None:
        tag = _TAG.match(content)
        if tag is None:
            return
        name, step = tag["name"].lower(), -1 if tag["close"] else 1
        if name in _BREAKS:
            self.break_line()
        elif name in _STRIKES:
            self.strikes += step
        elif name == "sup":
            self.raised += step
        elif name in {"b", "strong", "i", "em"}:
            self.marks += step
        elif name == "img":
            self.badges.extend(map(unescape, _ALT.findall(tag["rest"])))
        elif name == "a" and step < 0:
            self.close_link()
        elif name == "a":
            href = _HREF.search(tag["rest"])
            # Only entities that are closed: the "&para=" of a query is none.
            self.open_link(_ENTITY.sub(lambda match: unescape(match.group()), href.group(1)) if href else "")
