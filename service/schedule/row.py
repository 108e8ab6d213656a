"""One row of a table as a draft: its date, words, people, links and status."""

import re
from dataclasses import replace

from service.schedule.billing import split_name
from service.schedule.columns import Columns
from service.schedule.datecell import blank_dates, dates_of, without_dates
from service.schedule.dates import WrittenDate, find_dates
from service.schedule.draft import Draft
from service.schedule.grid import Cell, Row
from service.schedule.headers import Role
from service.schedule.numbering import read_number
from service.schedule.people import looks_like_name, read_names
from service.schedule.session import Link, Status
from service.schedule.status import decide_status
from service.schedule.times import find_duration, find_time, find_zone
from service.schedule.titles import is_material, read_title
from service.schedule.wording import is_blank, is_event, is_open, read_notice

__all__ = ["RowReader"]

_UNLINKED = (Role.SPEAKER, Role.PLACE, Role.PEOPLE)
_ONLINE = re.compile(r"//[^/]*(?:zoom|meet|teams|webex|discord|whereby|jitsi|skype|gather\.town|youtu)", re.IGNORECASE)
_ONLY_COUNTED = re.compile(
    r"(?:week|wk|no\.?|#|제|第)?\s?\d+\s?(?:주\s?차|주|회차?|차시?|回|週|周|次|期)?", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?!no )[^/\s]+(?: \S+){3,}", re.IGNORECASE)
_KIND = re.compile(
    r"(lab|exam|midterm|final|talk|lecture|recitation|workshop|seminar|project|quiz|ot)s?", re.IGNORECASE
)


class RowReader:
    """The reading of rows below known columns; `day` and `date_header` hold for all of them."""

    def __init__(self, columns: Columns, day: WrittenDate | None, date_header: str) -> None:
        self.columns, self.day = columns, day
        self.zone = find_zone(date_header)
        self.time = find_time(date_header)

    def read(self, row: Row, year: int | None) -> Draft:
        """What `row` says; `year` stands above it in the document."""
        dates = self.columns.cells(row, Role.DATE)
        when = dates[0].flat or dates[0].struck if dates else ""
        found = dates_of(when)
        number, rest = self.number(row)
        place = dates[0] if dates else row.cells[0]
        draft = Draft(
            line=row.line,
            column=place.column,
            number=number,
            type=self.type(row),
            place=self.joined(row, Role.PLACE),
            affiliation=self.joined(row, Role.AFFILIATION),
            links=self.links(row),
            note=self.joined(row, Role.NOTE),
            written=found[0] if found else self.day,
            when=when,
            id=""
            if number and self.columns.places.get(Role.NUMBER) == self.columns.places.get(Role.ID)
            else self.joined(row, Role.ID),
            year_above=year,
            other_dates=found[1:],
        )
        return self.with_words(self.with_times(draft, row, when), row, rest)

    def number(self, row: Row) -> tuple[str, str]:
        cells = self.columns.cells(row, Role.NUMBER)
        text = cells[0].text if cells else ""
        if self.columns.places.get(Role.NUMBER) == self.columns.places.get(Role.DATE) or find_dates(text):
            text = without_dates(text)
        return read_number(text) if not is_blank(text) else ("", "")

    def with_times(self, draft: Draft, row: Row, when: str) -> Draft:
        """`draft` with its times: an own column says more than the date's."""
        own = " ".join(cell.flat for cell in self.columns.cells(row, Role.TIME))
        clock = find_time(own) or find_time(blank_dates(when)) or self.time
        end = find_time(" ".join(cell.flat for cell in self.columns.cells(row, Role.END)))
        if clock and end:
            clock = replace(clock, ends=end.begins)
        zone = find_zone(own) or find_zone(when) or self.zone
        duration = find_duration(" ".join(cell.flat for cell in self.columns.cells(row, Role.DURATION)))
        return replace(draft, time=clock, zone=zone, duration=duration)

    def with_words(self, draft: Draft, row: Row, rest: str) -> Draft:
        titles = self.columns.cells(row, Role.TITLE)
        title = " / ".join(dict.fromkeys(text for cell in titles if (text := read_title(cell))))
        pending, title = (title, "") if is_open(title) else ("", title)
        struck = not title and any(cell.struck and not cell.text for cell in titles)
        title = " / ".join(cell.struck for cell in titles) if struck else self.sentence_beside(row, title)
        people = self.columns.cells(row, Role.SPEAKER)
        said = "\n".join(cell.text for cell in people)
        if not title and not self.columns.has(Role.TITLE):
            billed = [split_name(line) for line in said.split("\n")]
            said, title = "\n".join(who for who, _ in billed), " / ".join(what for _, what in billed if what)
        number, said = self.number_among(draft, said)
        if not title and not (self.columns.has(Role.TITLE) and any(cell.text for cell in people)):
            title = self.title_from_number(row)
        names = read_names(said)
        instead = bool(people) and self.stands_for_title(people[0], said, title)
        if instead:
            names, title = read_names(""), title or people[0].flat.strip(" ?")
        badges = tuple(badge for cell in row.cells for badge in cell.badges)
        draft = replace(
            draft,
            number=number,
            speakers=names.speakers,
            affiliation=draft.affiliation or names.affiliation,
            links=draft.links + (people[0].links if instead else ()),
        )
        said = people[0].flat if instead else said
        state = self.joined(row, Role.STATUS)
        gone = _struck(row) or (struck and not said.strip())
        return decide_status(replace(draft, title=title or pending), said, badges, state, struck=gone)

    def sentence_beside(self, row: Row, title: str) -> str:
        """The title of a row whose cells slid to the right: a person under the title, a sentence under the material."""
        if not looks_like_name(title) or not self.columns.has(Role.SPEAKER):
            return title
        texts = (cell.flat for cell in self.columns.cells(row, Role.MATERIAL) if not cell.links)
        return next((text for text in texts if _SENTENCE.fullmatch(text)), title)

    def title_from_number(self, row: Row) -> str:
        """What a numbered row is called where no column holds titles: "seminar0", but not "3" nor "week 3"."""
        texts = [without_dates(cell.flat) for cell in self.columns.cells(row, Role.NUMBER)]
        return next(
            (text for text in texts if re.search(r"[^\W\d_]{2}", text) and not _ONLY_COUNTED.fullmatch(text)), ""
        )

    def number_among(self, draft: Draft, said: str) -> tuple[str, str]:
        """The number, wherever it stands: also among the speakers."""
        if draft.number or self.columns.has(Role.NUMBER):
            return draft.number, said
        first, _, others = said.partition("\n")
        number, rest = read_number(first)
        is_week = bool(number) and not rest and not first.strip().isdigit()
        return (number, others) if is_week else ("", said)

    def stands_for_title(self, cell: Cell, said: str, title: str) -> bool:
        """Whether the speaker's cell names a gathering or a notice instead of a person."""
        text = said.strip()
        if not text or is_blank(text) or is_open(text):
            return False
        notice = read_notice(text.lstrip("? "))
        if notice.status in (Status.BREAK, Status.CANCELLED):
            return True
        if title:
            return False
        return (
            is_event(text)
            or (cell.emphasised and not _is_full_name(text))
            or (text.startswith("...") and not looks_like_name(text))
        )

    def type(self, row: Row) -> str:
        if said := self.joined(row, Role.TYPE):
            return said
        badges = [badge for cell in row.cells for badge in cell.badges]
        return next((badge.lower() for badge in badges if _KIND.fullmatch(badge)), "")

    def joined(self, row: Row, role: Role) -> str:
        texts = (cell.flat for cell in self.columns.cells(row, role))
        return " / ".join(text for text in texts if not is_blank(text) and not is_material(text))

    def links(self, row: Row) -> tuple[Link, ...]:
        """The links that help to take part: no person's own page, no map, but an online meeting's room."""
        hidden = {place for role in _UNLINKED for place in self.columns.places.get(role, ())}
        rooms = self.columns.places.get(Role.PLACE, ())
        found = ((place, link) for place, cell in enumerate(row.cells) for link in cell.links)
        return tuple(
            dict.fromkeys(
                link for place, link in found if place not in hidden or (place in rooms and _ONLINE.search(link.url))
            )
        )


def _struck(row: Row) -> bool:
    """Whether all that the row says beside its date is struck through."""
    return any(cell.struck and not cell.text for cell in row.cells[:1]) or (
        sum(bool(cell.struck) for cell in row.cells) > 1 and sum(bool(cell.text) for cell in row.cells) <= 1
    )


def _is_full_name(text: str) -> bool:
    """Whether `text` could be a full name rather than a heading in capitals."""
    words = text.split()
    return len(words) >= 2 and looks_like_name(text) and not text.isupper()
