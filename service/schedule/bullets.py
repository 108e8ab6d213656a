"""Lists and headings as schedules: from the items of an outline to drafts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.schedule.billing import find_billing, split_billing
from service.schedule.datecell import without_dates
from service.schedule.dates import WrittenDate, find_dates
from service.schedule.draft import Draft
from service.schedule.grid import Bullet, Cell, Outline
from service.schedule.headers import Role, role_words
from service.schedule.numbering import read_number
from service.schedule.people import looks_like_name, read_names
from service.schedule.session import Link
from service.schedule.status import decide_status
from service.schedule.talks import read_talks
from service.schedule.times import WrittenTime, find_time
from service.schedule.titles import drop_pointers, read_title
from service.schedule.weekday import strip_weekdays

__all__ = ["OutlineReading"]

_DASH = re.compile(r"\s+[-–—]+\s+|\s*[:：]\s+|\s*\|\s*")
_LAST_BRACKETS = re.compile(r"\s*[(（]([^()（）]{2,80})[)）]\s*$")
_EMPTY_BRACKETS = re.compile(r"[(（\[]\s*[)）\]]")
# A bracket that opens an item stays if it is closed again: "(cancelled) Entropy".
_EDGES = re.compile(r"^(?:[\s:：)）\]\-–—.,~|*_]|[(（\[](?![^()（）\[\]]*[)）\]]))+|[\s(（\[:：]+$")
_LEAD = 24
_REACH = 120
_COUNTER = re.compile(r"주\s?차|회|차시|[回週周次期]|week|session|#", re.IGNORECASE)
_REGULAR = re.compile(r"매주|every|weekly|毎週|每周|隔週|격주", re.IGNORECASE)


class OutlineReading:
    """What the items of an outline say as sessions: those that begin with a date or a number."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.items = [(bullet, *_lead(bullet.cell)) for bullet in outline.bullets]
        self.keyed = [item for item in self.items if item[1] is not None or item[2]]
        texts = [_body(bullet.cell, date, number) for bullet, date, number in self.keyed]
        self.billing = find_billing(texts)
        self.speakers_first = self._find_side(texts)

    @property
    def dated(self) -> int:
        """How many items have a date."""
        return sum(date is not None for _, date, _ in self.items)

    @property
    def is_schedule(self) -> bool:
        """Whether the items are sessions."""
        return len(self.keyed) >= 2 and self.dated >= 1 and len(self.keyed) >= 0.5 * len(self.items)

    @property
    def is_numbered(self) -> bool:
        """Whether the items are numbered sessions without dates."""
        return len(self.keyed) >= 3 and len(self.keyed) >= 0.8 * len(self.items)

    def drafts(self) -> list[Draft]:
        """The sessions, in the list's order."""
        regular = next((find_time(name) for name in reversed(self.outline.path) if _REGULAR.search(name)), None)
        return [self._read(bullet, date, number, regular) for bullet, date, number in self.keyed]

    def _read(self, bullet: Bullet, date: WrittenDate | None, number: str, regular: WrittenTime | None) -> Draft:
        cell = bullet.cell
        text = _body(cell, date, number)
        draft = Draft(
            line=cell.line,
            column=cell.column,
            number=number,
            links=tuple(_links(bullet)),
            written=date,
            when=cell.flat[:80] if date else "",
            time=find_time(_head(cell, date)) or regular,
        )
        if bullet.children:
            return read_talks(draft, text, bullet.children)
        speakers, title = self._split(text)
        names = read_names(speakers)
        title = _without_label(read_title(replace(cell, text=title)))
        draft = replace(draft, title=title, speakers=names.speakers, affiliation=names.affiliation)
        return decide_status(draft, speakers, cell.badges, struck=bool(cell.struck) and not text)

    def _split(self, text: str) -> tuple[str, str]:
        """The speakers' part and the title's part of an item."""
        last = _LAST_BRACKETS.search(text)
        if self.billing and (split := split_billing(text, self.billing))[0]:
            return split
        if self.speakers_first is not None:
            left, right = _halves(text, first=self.speakers_first)
            side, other = (left, right) if self.speakers_first else (right, left)
            if side and (other or _all_names(side)):
                return (side, other) if _all_names(side) or other else ("", text)
        if last and _all_names(last.group(1)):
            return last.group(1), text[: last.start()]
        return "", text

    def _find_side(self, texts: Sequence[str]) -> bool | None:
        """Whether the speakers stand before the dash; None if no side looks like names."""
        ends = [last.group(1) for last in map(_LAST_BRACKETS.search, texts) if last]
        if sum(map(_all_names, ends)) >= 0.6 * len(texts):
            return None
        sides: list[tuple[float, bool]] = []
        for first in (False, True):
            split = [_halves(text, first=first) for text in texts]
            split = [pair for pair in split if all(pair)]
            named = sum(_all_names(left if first else right) for left, right in split)
            if split and named >= 0.6 * len(split) and len(split) >= 0.4 * len(texts):
                sides.append((named / len(split), first))
        return max(sides, key=lambda side: side[0])[1] if sides else None


def _without_label(title: str) -> str:
    """`title` without the word that announced the speaker behind it."""
    before, _, last = title.rpartition(" ")
    return before if before and Role.SPEAKER in role_words(last) else title


def _halves(text: str, *, first: bool) -> tuple[str, str]:
    """`text` split at its first or last dash; without a dash all of it is the speakers' candidate side."""
    marks = list(_DASH.finditer(text))
    if not marks:
        return (text, "") if first else ("", text) if _all_names(text) else (text, "")
    mark = marks[0] if first else marks[-1]
    return text[: mark.start()].strip(), text[mark.end() :].strip()


def _all_names(text: str) -> bool:
    if len(text) >= 80:
        return False
    speakers = read_names(text).speakers
    return bool(speakers) and all(map(looks_like_name, speakers))


def _lead(cell: Cell) -> tuple[WrittenDate | None, str]:
    """The date and the number with which an item begins; a heading may end with its date."""
    text = cell.flat
    found = find_dates(text[:_REACH])
    weak = () if found else find_dates(text[:12], weak=True)
    date_leads = bool(found) and not re.search(r"\w{2}", strip_weekdays(text[: found[0].start]))
    number = _leading_number(text, date_leads=date_leads)
    for date in (*found, *weak):
        before = without_dates(text[: date.start])
        ends = not re.search(r"\w", strip_weekdays(text[date.end :])) and len(text) < 100
        if ends or len(_bare(before, number)) <= 2:
            return date, number
    return None, number


def _bare(text: str, number: str) -> str:
    rest = read_number(text)[1] if number else text
    return re.sub(r"[\W_]", "", strip_weekdays(rest))


def _leading_number(text: str, *, date_leads: bool = False) -> str:
    head = without_dates(text[:60])
    number, rest = read_number(head[:_LEAD])
    if (
        not number
        or (date_leads and not _COUNTER.search(head))
        or (head.strip()[:1].isdigit() and not re.match(r"\d+\s?(?:주|회|강|차|回|週|周|次|期)", head.strip()))
    ):
        return ""
    before = rest[: max(head.find(number), 0)] if head.find(number) > 6 else ""
    return "" if len(before) > 12 else number


def _head(cell: Cell, date: WrittenDate | None) -> str:
    """What stands right after an item's date: its time, if it has one."""
    if date is None:
        return ""
    return re.split(r"\s-\s|[:：]\s", cell.flat[date.end : date.end + 40])[0]


def _body(cell: Cell, date: WrittenDate | None, number: str) -> str:
    """An item's words without its date, number, weekday and time."""
    text = cell.flat
    if date is not None:
        after = strip_weekdays(text[date.end : date.end + 14]) + text[date.end + 14 :]
        clock = find_time(after[:30])
        if clock and not re.search(r"\w", after[: clock.start]):
            after = after[clock.stop :]
        before = text[: date.start]
        text = before[:-12] + strip_weekdays(before[-12:]) + " " + after
    if number and _leading_number(text) == number:
        text = read_number(text[:60])[1] + text[60:]
    return drop_pointers(_EDGES.sub("", _EMPTY_BRACKETS.sub("", text)).strip(), cell)


def _links(bullet: Bullet) -> Iterator[Link]:
    yield from bullet.cell.links
    for child in bullet.children:
        yield from _links(child)
