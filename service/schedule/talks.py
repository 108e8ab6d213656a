"""Talks: the items below a session's own item, each a speaker with titles, a title, or a labelled particular."""

import re
from dataclasses import dataclass, field, replace

from service.schedule.billing import Billing, split_billing
from service.schedule.draft import Draft
from service.schedule.grid import Bullet, Cell
from service.schedule.headers import Role, role_words
from service.schedule.people import looks_like_name, read_names
from service.schedule.status import decide_status
from service.schedule.times import find_time
from service.schedule.titles import drop_pointers, read_title

__all__ = ["read_talks"]

_ADDRESSED = re.compile(r"^@|(?:님|さん|様|씨|교수|연사|先生|老师)\s*(?:[(（].*)?$")
_LABEL = re.compile(r"(?P<label>[^\W\d][^\n:：]{1,20})[:：](?!//)[ \t]*(?P<value>.*)", re.DOTALL)
_DASH = re.compile(r"\s[-–—]+\s")
# The family names of nine in ten Koreans: a name of three syllables begins with one.
_KOREAN = re.compile(
    r"[강고곽구권김나남노류문민박배백서성손송신심안양엄오우유윤이임장전정조주차채천최하한허현홍황][가-힣]{2}(?:\s?님)?"
)


@dataclass(slots=True)
class _Told:
    """What has been read of a session's items so far."""

    titles: list[str] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    affiliations: list[str] = field(default_factory=list)

    def add_people(self, text: str) -> None:
        names = read_names(text)
        self.speakers.extend(names.speakers)
        self.affiliations.extend([names.affiliation] if names.affiliation else [])


def read_talks(draft: Draft, text: str, talks: tuple[Bullet, ...]) -> Draft:
    """A session whose items below are its talks or its particulars, like "Speaker: Ada"; `text` is its own title."""
    told = _Told()
    for talk in talks:
        label = _LABEL.fullmatch(talk.cell.text)
        role = _role_of(label["label"]) if label else None
        if label and role:
            draft = _with_particular(draft, role, label["value"].strip(), talk.cell, told)
        else:
            _read_talk(talk, told)
    title = " / ".join(told.titles) or read_title(replace(talks[0].cell, text=text))
    draft = replace(
        draft,
        title=title,
        speakers=tuple(dict.fromkeys(told.speakers)),
        affiliation=", ".join(dict.fromkeys(told.affiliations)),
    )
    return decide_status(draft, "")


def _role_of(label: str) -> Role | None:
    """What a label announces; only a header's own words do, "the talk of the year" does not."""
    roles = role_words(label) if len(label.split()) < 3 else ()
    return next((role for role in roles if role is not Role.OTHER), None)


def _with_particular(draft: Draft, role: Role, value: str, cell: Cell, told: _Told) -> Draft:
    names = read_names(value).speakers
    if role in (Role.SPEAKER, Role.NAME) and names and all(map(looks_like_name, names)):
        told.add_people(value)
    elif role in (Role.TITLE, Role.TOPIC, Role.SPEAKER):
        title = read_title(replace(cell, text=value))
        told.titles.extend([title] if title else [])
    elif role in (Role.TIME, Role.DATE) and (clock := find_time(value)):
        return replace(draft, time=draft.time or clock)
    elif role is Role.PLACE:
        return replace(draft, place=draft.place or value)
    return draft


def _read_talk(talk: Bullet, told: _Told) -> None:
    names = read_names(talk.cell.text)
    if names.speakers and len(talk.cell.text) < 60 and (talk.children or _ADDRESSED.search(talk.cell.flat)):
        told.add_people(talk.cell.text)
        told.titles.extend(filter(None, (read_title(child.cell) for child in talk.children)))
        return
    who, what = _split_talk(drop_pointers(talk.cell.text, talk.cell))
    if title := read_title(replace(talk.cell, text=what)):
        told.add_people(who)
        told.titles.append(title)


def _split_talk(text: str) -> tuple[str, str]:
    """The speakers' and the title's part of one talk, as far as a single line can tell them apart."""
    who, what = split_billing(text, Billing.NAMES_AFTER_BY)
    dashes = list(_DASH.finditer(text))
    if who or not dashes:
        return who, what
    behind = re.sub(r"\s*[(（].*[)）]\s*$", "", text[dashes[-1].end() :]).strip()
    return (behind, text[: dashes[-1].start()]) if _KOREAN.fullmatch(behind) else ("", text)
