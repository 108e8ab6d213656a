"""Talks: the items below a session's own item, each a speaker with titles or a title alone."""

import re
from dataclasses import replace

from service.schedule.draft import Draft
from service.schedule.grid import Bullet
from service.schedule.people import read_names
from service.schedule.status import decide_status
from service.schedule.titles import read_title

__all__ = ["read_talks"]

_ADDRESSED = re.compile(r"^@|(?:님|さん|様|씨|교수|연사|先生|老师)\s*(?:[(（].*)?$")


def read_talks(draft: Draft, text: str, talks: tuple[Bullet, ...]) -> Draft:
    """A session whose items below are its talks: the speaker, and below that the title; or titles only."""
    speakers: list[str] = []
    titles: list[str] = []
    affiliations: list[str] = []
    for talk in talks:
        names = read_names(talk.cell.text)
        if names.speakers and len(talk.cell.text) < 60 and (talk.children or _ADDRESSED.search(talk.cell.flat)):
            speakers.extend(names.speakers)
            affiliations.extend([names.affiliation] if names.affiliation else [])
            titles.extend(filter(None, (read_title(child.cell) for child in talk.children)))
        elif title := read_title(talk.cell):
            titles.append(title)
    title = " / ".join(titles) or text
    speakers = list(dict.fromkeys(speakers))
    draft = replace(draft, title=title, speakers=tuple(speakers), affiliation=", ".join(affiliations))
    return decide_status(draft, "")
