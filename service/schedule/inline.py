"""Inline Markdown and HTML: the words, links and marks of one cell."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from service.schedule.grid import Cell
from service.schedule.session import Link
from service.schedule.text import clean_line, mask_addresses

__all__ = ["CELL_LIMIT", "new_parser", "read_cell", "safe_url"]

CELL_LIMIT = 2000
"""How many characters of one cell are read; the rest is cut."""

_MARKUP = re.compile(r"[\[`*_~<!\\&]|https?:|www\.")
_MARKS = re.compile(r"[\[`*_~<!&]")
_MOST_MARKS = 300
_BARE_URL = re.compile(r"""https?://[^\s<>|"'`）」\])]+""")
_TAG = re.compile(r"<\s*(?P<close>/?)\s*(?P<name>[a-zA-Z]+)(?P<rest>[^<>]*)>")
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_ALT = re.compile(r"""alt\s*=\s*["']([^"'>]*)""", re.IGNORECASE)
_BREAKS = {"br", "hr", "li", "p", "div"}
_STRIKES = {"s", "del", "strike"}
_URL_MARKS = "%:/?#[]@!$&'()*+,;=~"
_ADDRESS_IN_URL = re.compile(r"[\w.+%-](?:@|%40)[\w-]+\.\w")


def new_parser() -> MarkdownIt:
    """A parser for GitHub's Markdown whose blocks come without their inline parts: `read_cell` reads those."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable(["inline"])
    # `safe_url` looks at every address; normalising all of them beforehand would cost most of the time.
    for name, passing in (("normalizeLink", str), ("normalizeLinkText", str), ("validateLink", bool)):
        setattr(parser, name, passing)
    return parser


def safe_url(address: str) -> str:
    """`address` if it is a plain http or https address, else an empty text.

    Relative addresses lead nowhere from a calendar; an address that carries somebody's mail address is not passed on.
    """
    address = unescape(address.strip())
    if not re.match(r"https?://[^\s/]+", address, re.IGNORECASE) or _ADDRESS_IN_URL.search(address):
        return ""
    return quote("".join(address.split()), safe=_URL_MARKS)[:CELL_LIMIT]


def read_cell(parser: MarkdownIt, source: str, line: int, column: int, references: dict[str, Any]) -> Cell:
    """The cell that `source` writes; `references` is the environment with the document's link definitions."""
    source = source[:CELL_LIMIT]
    # More marks than anybody writes would cost the parser time that grows with their square.
    if not _MARKUP.search(source) or len(_MARKS.findall(source)) > _MOST_MARKS:
        return Cell(_plain(source), line, column)
    tokens: list[Token] = []
    parser.inline.parse(source, parser, references, tokens)
    return _Flattening().run(tokens, line, column)


def _plain(text: str) -> str:
    lines = (clean_line(part) for part in text.split("\n"))
    clean = "\n".join(lines).strip()
    return mask_addresses(clean) if "@" in clean or "＠" in clean else clean


class _Flattening:
    """The walk over the tokens of one cell, collecting words, links and marks."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.struck: list[str] = []
        self.badges: list[str] = []
        self.links: list[Link] = []
        self.open: list[tuple[str, int]] = []
        self.strikes = self.marks = self.raised = 0
        self.unmarked = False

    def run(self, tokens: Iterable[Token], line: int, column: int) -> Cell:
        for token in tokens:
            self.take(token)
        while self.open:
            self.close_link()
        text = _plain("".join(self.words))
        badges = tuple(badge for badge in map(_plain, self.badges) if badge)
        emphasised = bool(text) and not self.unmarked
        return Cell(text, line, column, tuple(self.links), _plain(" ".join(self.struck)), badges, emphasised)

    def take(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special" | "code_inline":
                self.say(token.content)
            case "softbreak":
                self.words.append(" ")
            case "hardbreak":
                self.words.append("\n")
            case "link_open":
                self.open.append((str(token.attrs.get("href", "")), len(self.words)))
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

    def say(self, text: str) -> None:
        if self.strikes > 0:
            self.struck.append(text)
            return
        if self.raised > 0 and len(text) <= 3:
            return
        self.unmarked = self.unmarked or (self.marks <= 0 and bool(text.strip()))
        if not self.open:
            text = _BARE_URL.sub(self.note_address, text)
        self.words.append(text)

    def note_address(self, match: re.Match[str]) -> str:
        address = match.group().rstrip(".,;:")
        self.add_link(address, "")
        return ""

    def add_link(self, address: str, label: str) -> None:
        if url := safe_url(address):
            self.links.append(Link(url, label))

    def close_link(self) -> None:
        if self.open:
            address, start = self.open.pop()
            label = _plain("".join(self.words[start:])).replace("\n", " ")
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
            self.words.append("\n")
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
            self.open.append((href.group(1) if href else "", len(self.words)))
