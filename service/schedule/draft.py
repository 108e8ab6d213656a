"""A draft: one row's meaning while the year of its date is still open."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from service.schedule.dates import WrittenDate
from service.schedule.session import Link, Status
from service.schedule.times import WrittenTime

__all__ = ["Draft", "merge_drafts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one row, bullet or heading says; `year_above` is the year that stands over it in the document."""

    line: int
    column: int
    title: str = ""
    number: str = ""
    type: str = ""
    speakers: tuple[str, ...] = ()
    affiliation: str = ""
    place: str = ""
    links: tuple[Link, ...] = ()
    note: str = ""
    status: Status = Status.CONFIRMED
    written: WrittenDate | None = None
    when: str = ""
    time: WrittenTime | None = None
    zone: ZoneInfo | None = None
    duration: timedelta | None = None
    id: str = ""
    year_above: int | None = None
    other_dates: tuple[WrittenDate, ...] = field(default=())


def merge_drafts(first: Draft, more: Draft) -> Draft:
    """`first` with what a continuation row below it adds."""
    title = " / ".join(part for part in (first.title, more.title) if part)
    return replace(
        first,
        title=title,
        speakers=tuple(dict.fromkeys(first.speakers + more.speakers)),
        affiliation=", ".join(dict.fromkeys(part for part in (first.affiliation, more.affiliation) if part)),
        links=tuple(dict.fromkeys(first.links + more.links)),
        note=" / ".join(part for part in (first.note, more.note) if part),
    )
