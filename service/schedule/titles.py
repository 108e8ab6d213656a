"""Titles: a cell's words without the materials, marks and notices that stand beside them."""

import re

from service.schedule.grid import Cell
from service.schedule.wording import is_blank, is_open

__all__ = ["is_material", "read_title"]

_MATERIAL = re.compile(
    r"(?:(?:book |the )?chapters?|slides?|notebooks?|materials?|videos?|recordings?|solutions?|codes?"
    r"|repo(?:sitory)?|papers?|pdf|pptx?"
    r"|notes?|links?|here|download|presentation|handout|youtube|colab|github|blog|article|arxiv|zoom|poster"
    r"|readings?|website|abstract"
    r"|doc|docs|자료|발표\s?자료|영상|링크|슬라이드|논문|코드|문서|녹화|바로가기|열기|보기|資料|スライド|動画"
    r"|リンク|こちら|资料|链接|观看|视频|查看|课件|幻灯片)"
    r"(?:\s?#?\d{0,2})",
    re.IGNORECASE,
)
_JOINT = r"\s*(?:[,;/&·|+–-]|\band\b)\s*"
_BRACKETS = re.compile(r"\s*[(（\[]([^()（）\[\]]{1,200})[)）\]]")
_WHOLE = re.compile(r"^\[([^\[\]]+)\]$")


def is_material(text: str) -> bool:
    """Whether `text` only points to something to read or see: "slides", "book chapter 2", 자료, 観看."""
    return _MATERIAL.fullmatch(text.strip()) is not None


def read_title(cell: Cell) -> str:
    """The title that `cell` shows: one line, its parts joined with " / "; empty if it says nothing."""
    labels = {link.label for link in cell.links if link.label}
    parts = [_tidy(part, labels) for part in _whole_brackets(cell.parts)]
    title = " / ".join(part for part in parts if part and not is_blank(part))
    return "" if is_blank(title) or is_open(title) or is_material(title) else title


def _whole_brackets(parts: tuple[str, ...]) -> list[str]:
    """The lines of a title; a line within or before round brackets goes on with the next one."""
    whole: list[str] = []
    for part in parts:
        if whole and (whole[-1].count("(") > whole[-1].count(")") or part.startswith("(")):
            whole[-1] += " " + part
        else:
            whole.append(part)
    return whole


def _tidy(text: str, labels: set[str]) -> str:
    text = _BRACKETS.sub(lambda match: "" if _points(match.group(1), labels) else match.group(), text)
    for _ in range(4):
        shorter = _drop_last_link(text, labels)
        if shorter == text:
            break
        text = shorter
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
            return re.sub(_JOINT + r"$|[\s|]+$", "", before) if re.search(r"\W$", before) else text
    return text
