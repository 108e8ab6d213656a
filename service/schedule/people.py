"""People as cells name them: several in one cell, with titles of honour, affiliations and counts."""

import re
from dataclasses import dataclass
from functools import lru_cache

from service.schedule.headers import Role, role_words
from service.schedule.wording import is_blank, is_open

__all__ = ["Names", "looks_like_name", "read_names"]

_LABEL = re.compile(r"\s*([^\W\d][^:：\n(（]{0,15})[:：]\s*")
_ASIDE = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*")
_AFFILIATION = re.compile(r"\s*[(（]([^()（）]{1,120})[)）]\s*$")
_HOW = re.compile(
    r"(?:(?:on|via|by) )?(?:zoom|teams|online|remote(?:ly)?|virtual(?:ly)?)|in person|온라인|비대면|オンライン|线上",
    re.I,
)
_COUNT = re.compile(r"\s*[(（\[]\s?[\d/.,\s:+-]{0,12}[)）\]]")
_BETWEEN = re.compile(
    r"\s*(?:[,，、;；&＆/／|+·\n]|\s(?:and|und|with|와|과|및|そして|->|→|vs\.?|x)\s|->|→)\s*", re.IGNORECASE
)
# A honour stands behind a name: what is left of 손님, お客様 or 외부 연사 would be none.
_HONOUR = re.compile(
    r"(?<=\w)(?<!외부)(?<!초청)(?<!특별)(?<!객원)\s*(?:연사님|교수님|박사님|선생님|대표님|멘토님)$"
    r"|(?:(?<=\w\w)(?<!주인)(?<!선생)(?<!부모)(?<!고객)(?<!하느)|(?<=\w)\s+)님$"
    r"|(?:(?<=\w\w)(?<!아저)(?<!아가)|(?<=\w)\s+)씨$"
    r"|(?<=\w)(?<!客)\s*(?:さん|さま|様|氏|先生|老师|教授|同学|博士)$"
    r"|(?<=\w)(?<!외부)(?<!초청)(?<!특별)(?<!객원)\s+(?:교수|박사|연사|멘토)$"
)
_REMARK = re.compile(r"\s*※.*$|\s[＊*]+.*$|(?<!\*)\*{1,2}$")
_FULL_NAME = re.compile(r"[A-ZÀ-ÞŁŚŽ][\w.'’-]*(?: [A-ZÀ-ÞŁŚŽ][\w.'’-]*){1,3}")
_ONE_WORD = re.compile(r"\s*[A-ZÀ-Þ][a-zà-ÿ]{2,}\s*")
_WEEK = re.compile(r"^(?:week|wk)\s?\d{1,2}$|^\d{1,2}\s?(?:주차|회차?)$|^第\s?\d{1,2}\s?[回周週次期]$", re.IGNORECASE)
_NOBODY = re.compile(
    r"all|everyone|everybody|tbd by lot|random|volunteer|speakername|전원|모두|다\s?같이|다\s?함께|전체|자율"
    r"|랜덤.{0,4}|추첨|全員|みんな|みな|皆|各位|各自"
    r"|所有人|大家|全体|자유 발표|(?:no ?one|nobody)(?: yet)?|vacant|open",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"[A-Z]{2,6}(?: [A-Z]{2,6}){0,2}|(?:[A-Z]{3,6}|TU|FU|HU|UC|UT|UW)(?: [A-Z]\w+){1,2}|.{2,20}(?:대학교|연구소|연구원)"
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
    """The people of `text`, which a word like "Speaker:" may announce; brackets after a name hold the affiliation."""
    speakers: list[str] = []
    affiliations: list[str] = []
    label = _LABEL.match(text)
    if label and Role.SPEAKER in role_words(label.group(1)):
        text = text[label.end() :]
    pieces = _split_outside_brackets(_COUNT.sub("", text))
    for index, (_, piece) in enumerate(pieces):
        if speakers and (_INSTITUTION.fullmatch(piece.strip()) or _follows_its_person(pieces, index)):
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
        affiliation = "" if _HOW.fullmatch(affiliation) else affiliation
    text = _HONOUR.sub("", text.strip()).strip(" .:@") if not text.strip().startswith("@") else text
    text = _HONOUR.sub("", text.strip()).strip().lstrip("@").strip()
    if not re.search(r"\w", text) or is_blank(text) or is_open(text) or _WEEK.match(text) or _NOBODY.fullmatch(text):
        return "", ""
    return text, affiliation


def _follows_its_person(pieces: list[tuple[str, str]], index: int) -> bool:
    """Whether a piece is where the person before it comes from: one word behind the comma of a full name."""
    mark, piece = pieces[index]
    another = index + 1 < len(pieces) and pieces[index + 1][0] == "," and _ONE_WORD.fullmatch(pieces[index + 1][1])
    return (
        mark == ","
        and _ONE_WORD.fullmatch(piece) is not None
        and _FULL_NAME.fullmatch(pieces[index - 1][1].strip()) is not None
        and not another
    )


def _split_outside_brackets(text: str) -> list[tuple[str, str]]:
    """The pieces of a list of people, each with the mark before it."""
    hidden = _ASIDE.sub(lambda match: re.sub(r"[^()（）\s]", "_", match.group()), text)
    pieces, start, mark = [], 0, ""
    for match in _BETWEEN.finditer(hidden):
        pieces.append((mark, text[start : match.start()]))
        start, mark = match.end(), match.group().strip()
    return [*pieces, (mark, text[start:])]
