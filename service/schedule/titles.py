"""Titles: a cell's words without the materials, marks and notices that stand beside them."""

import re

from service.schedule.grid import Cell
from service.schedule.wording import is_blank, is_open

__all__ = ["drop_pointers", "is_material", "read_title"]

_MATERIAL = re.compile(
    r"(?:(?:book |the )?chapters?|slides?|notebooks?|materials?|videos?|recordings?|solutions?|codes?"
    r"|repo(?:sitory)?|papers?|pdf|pptx?"
    r"|notes?|links?|here|download|presentation|handout|youtube|colab|github|blog|article|arxiv|zoom|poster"
    r"|readings?|website|abstract"
    r"|doc|docs|자료|발표\s?자료|(?:발표|녹화)?\s?영상|링크|슬라이드|논문|코드|문서|녹화|노트북?|바로가기|열기|보기"
    r"|資料|スライド|動画|録画|ノート|リンク|こちら|资料|链接|观看|视频|录像|查看|课件|幻灯片)"
    r"(?:\s?#?\d{0,2})",
    re.IGNORECASE,
)
_JOINT = r"\s*(?:[,;/&·|+–-]|\band\b)\s*"
_BRACKETS = re.compile(r"\s*[(（\[]([^()（）\[\]]{1,200})[)）\]]")
_GOES_ON = re.compile(r"[(（]|(?:and|or|of|for|in|on|to|with|from|via|by|the|an?)\s", 0)
_WHOLE = re.compile(r"^\[([^\[\]]+)\]$")


def is_material(text: str) -> bool:
    """Whether `text` only points to something to read or see: "slides", "book chapter 2", 자료, 観看."""
    return _MATERIAL.fullmatch(text.strip()) is not None


def read_title(cell: Cell) -> str:
    """The title that `cell` shows: one line, its parts joined with " / "; empty if it says nothing.

    A cell that only says that its title is still open keeps that word, like TBA.
    """
    labels = {link.label for link in cell.links if link.label}
    parts = [_tidy(part, labels) for part in _whole_brackets(cell.parts)]
    said = [part for part in parts if part and not is_blank(part)]
    title = " / ".join([part for part in said if not is_open(part)] or said[:1])
    return "" if is_blank(title) or is_material(title) else title


def _whole_brackets(parts: tuple[str, ...]) -> list[str]:
    """The lines of a title; one that is within or before round brackets, or breaks off, goes on with the next."""
    whole: list[str] = []
    for part in parts:
        if whole and (whole[-1].count("(") > whole[-1].count(")") or _GOES_ON.match(part)):
            whole[-1] += " " + part
        else:
            whole.append(part)
    return whole


def drop_pointers(text: str, cell: Cell) -> str:
    """`text` without the links of `cell` behind it that only point to something to read or see: "Trees (slides)"."""
    return _drop_links(text, {link.label for link in cell.links if link.label})


def _drop_links(text: str, labels: set[str]) -> str:
    text = _BRACKETS.sub(lambda match: "" if _points(match.group(1), labels) else match.group(), text)
    for _ in range(4):
        shorter = _drop_last_link(text, labels)
        if shorter == text:
            break
        text = shorter
    return text


def _tidy(text: str, labels: set[str]) -> str:
    text = _drop_links(text, labels)
    if whole := _WHOLE.match(text.strip()):
        text = whole.group(1)
    return text.strip().strip("|").strip()


def _points(text: str, labels: set[str]) -> bool:
    """Whether brackets hold nothing but pointers, at least one of them a link."""
    pieces = [piece for piece in re.split(_JOINT, text) if piece]
    return bool(pieces) and all(map(is_material, pieces)) and any(piece in labels for piece in pieces)


def _drop_last_link(text: str, labels: set[str]) -> str:
    for label in labels:
        if is_material(label) and text.endswith(label) and len(text) > len(label):
            before = text[: -len(label)]
            return re.sub(_JOINT + r"$|\.?[\s|]+$", "", before) if re.search(r"\W$", before) else text
    return text
