"""People as cells name them: several in one cell, with titles of honour, affiliations and counts."""

import re
from dataclasses import dataclass
from functools import lru_cache

from service.schedule.wording import is_blank, is_open

__all__ = ["Names", "looks_like_name", "read_names"]

_ASIDE = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*")
_AFFILIATION = re.compile(r"\s*[(（]([^()（）]{1,120})[)）]\s*$")
_COUNT = re.compile(r"\s*[(（\[]\s?[\d/.,\s:+-]{0,12}[)）\]]")
_BETWEEN = re.compile(
    r"\s*(?:[,，、;；&＆/／|+·\n]|\s(?:and|und|with|와|과|및|そして|->|→|vs\.?|x)\s|->|→)\s*", re.IGNORECASE
)
_HONOUR = re.compile(
    r"(?<=\w)\s*(?:연사님|교수님|박사님|선생님|대표님|멘토님|(?<!손)(?<!스)님|씨|さん|さま|様|氏|先生|老师|教授|同学|博士)$"
    r"|\s+(?:교수|박사|연사|멘토)$"
)
_REMARK = re.compile(r"\s*※.*$|\s[＊*]+.*$|(?<!\*)\*{1,2}$")
_WEEK = re.compile(r"^(?:week|wk)\s?\d{1,2}$|^\d{1,2}\s?(?:주차|회차?)$|^第\s?\d{1,2}\s?[回周週次期]$", re.IGNORECASE)
_NOBODY = re.compile(
    r"all|everyone|everybody|tbd by lot|random|volunteer|speakername|전원|모두|다\s?같이|다\s?함께|전체|자율"
    r"|랜덤.{0,4}|추첨|全員|みんな|各自"
    r"|所有人|大家|全体|자유 발표|no ?one|nobody|vacant|open",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"[A-Z]{2,6}(?: [A-Z]{2,6}){0,2}|.{2,20}(?:대학교|연구소|연구원)"
    r"|.{0,60}\b(?:Univ\.?|University|Institute|College|School|Lab|Labs|Inc\.?|GmbH)\b.{0,40}"
)
_PERSON = re.compile(
    r"@?[가-힣]{2,4}|\d{1,2}\s?조|[一-龥]{1,4}(?:\s[一-龥]{1,3})?|[ぁ-んァ-ヶー一-龥]{2,8}"
    r"|@[\w.-]{1,39}|[A-ZÀ-ÞÅ][\w.'’\-]*(?:[ ](?:[A-ZÀ-ÞÅ][\w.'’\-]*|de|da|van|von|der|del|la|bin|al)){0,4}"
)


@dataclass(frozen=True, slots=True)
class Names:
    """The speakers that a cell names, without titles and signs, and their affiliations joined by commas."""

    speakers: tuple[str, ...] = ()
    affiliation: str = ""


@lru_cache(maxsize=8192)
def read_names(text: str) -> Names:
    """The people of `text`; a pair of round brackets after a name holds the affiliation."""
    speakers: list[str] = []
    affiliations: list[str] = []
    for piece in _split_outside_brackets(_COUNT.sub("", text)):
        if speakers and _INSTITUTION.fullmatch(piece.strip()):
            affiliations.append(piece.strip())
            continue
        name, affiliation = _read_name(piece)
        if name and name not in speakers:
            speakers.append(name)
        if affiliation and affiliation not in affiliations:
            affiliations.append(affiliation)
    return Names(tuple(speakers[:50]), ", ".join(affiliations)[:500])


def looks_like_name(text: str) -> bool:
    """Whether `text` could be a person or a team: a few capitalised words, a few Hangul or Han characters, a handle."""
    return _PERSON.fullmatch(text.strip()) is not None


def _read_name(piece: str) -> tuple[str, str]:
    text = _REMARK.sub("", piece.strip().lstrip("?？ "))
    affiliation = ""
    if match := _AFFILIATION.search(text):
        affiliation, text = match.group(1).strip(), text[: match.start()]
    text = _HONOUR.sub("", text.strip()).strip(" .:@") if not text.strip().startswith("@") else text
    text = _HONOUR.sub("", text.strip()).strip().lstrip("@").strip()
    if not re.search(r"\w", text) or is_blank(text) or is_open(text) or _WEEK.match(text) or _NOBODY.fullmatch(text):
        return "", ""
    return text, affiliation


def _split_outside_brackets(text: str) -> list[str]:
    hidden = _ASIDE.sub(lambda match: re.sub(r"[^()（）\s]", "_", match.group()), text)
    pieces, start = [], 0
    for match in _BETWEEN.finditer(hidden):
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]
