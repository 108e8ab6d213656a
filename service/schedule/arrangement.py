"""The arrangement of a document: every entry gets its time, from itself or from the cadence."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.schedule.cadence import Cadence, OnSkip
from service.schedule.diagnostic import Diagnostic, Severity
from service.schedule.entry import Document, Entry
from service.schedule.freedays import FreeDays
from service.schedule.session import Schedule, Session, Status, When

__all__ = ["arrange"]

_PATIENCE = 1000
"""How many skipped days in a row are passed over before a session stays without a date."""

_LAST_DAY = date(2200, 1, 1)


def arrange(document: Document, cadence: Cadence) -> Schedule:
    """The schedule of `document`: dates in it win, `cadence` dates the rest.

    The cadence starts on `cadence.starts_on`; where no entry has a date of its own, else on the day that the document's
    text names. Without either, undated entries stay undated. An undated entry below a dated one comes one interval
    after it; entries with the same number share their day. An entry that says its day is open gets none. All days are
    days of `cadence.timezone`.

    A wall-clock time that a change to summer time skips or repeats is read with the offset before the change
    (RFC 5545 3.3.5). A time that only the document's text tells is remarked on as long as `cadence` has none.
    """
    arranging = _Arranging(document, cadence)
    sessions = tuple(arranging.sessions())
    told = [remark for remark in document.diagnostics if remark.code != "time-in-prose" or cadence.starts_at is None]
    remarks = sorted((*told, *arranging.remarks), key=lambda remark: (remark.line, remark.column))
    return Schedule(
        title=document.title,
        language=document.language,
        timezone=cadence.timezone.key,
        sessions=sessions,
        diagnostics=tuple(remarks),
    )


class _Arranging:
    """The walk over a document's entries, handing out the cadence's days."""

    def __init__(self, document: Document, cadence: Cadence) -> None:
        self.document, self.cadence = document, cadence
        self.free = FreeDays(cadence.skip, cadence.holidays)
        has_days = any(entry.day for entry in document.entries)
        self.next_day = cadence.starts_on or (None if has_days else document.begins)
        self.last: tuple[str, date] | None = None
        self.remarks: list[Diagnostic] = []

    def sessions(self) -> Iterator[Session]:
        if not self.free.knows_country:
            message = f"No public holidays are known for {self.cadence.holidays!r}. Give a country code like KR."
            self.remarks.append(Diagnostic(1, 1, Severity.ERROR, "holidays-unknown", message))
        for entry in self.document.entries:
            yield self.session(entry)

    def session(self, entry: Entry) -> Session:
        day = entry.day or self.give_day(entry)
        status = entry.status
        if day is None:
            self.remark_undated(entry)
        elif entry.day is None and day in self.free:
            status = Status.BREAK
            message = f"{day} is skipped, so this session falls out."
            self.remarks.append(Diagnostic(entry.line, entry.column, Severity.NOTE, "session-dropped", message))
        if day is not None:
            self.last = (entry.number, day)
            self.next_day = _later(day, self.cadence) if self.next_day else None
        return Session(
            title=entry.title,
            when=_when(entry, day, self.cadence) if day else None,
            number=entry.number,
            type=entry.type,
            speakers=entry.speakers,
            affiliation=entry.affiliation,
            place=entry.place,
            links=entry.links,
            note=entry.note,
            status=status,
            id=entry.id,
            line=entry.line,
        )

    def give_day(self, entry: Entry) -> date | None:
        """The cadence's day for an undated entry: the same as the last one's if it has the same number."""
        if entry.day_open or self.next_day is None:
            return None
        if self.last and entry.number and self.last[0] == entry.number:
            return self.last[1]
        if self.cadence.on_skip is OnSkip.DROP:
            return self.next_day
        day: date | None = self.next_day
        for _ in range(_PATIENCE):
            if day is None or day not in self.free:
                return day
            day = _later(day, self.cadence)
        return None

    def remark_undated(self, entry: Entry) -> None:
        if entry.status is Status.BREAK:
            return
        if entry.day_open and any(
            remark.line == entry.line and remark.code == "year-unknown" for remark in self.document.diagnostics
        ):
            return
        message = "This session has no date. Write one in its row, or say in the settings when the series starts."
        self.remarks.append(Diagnostic(entry.line, entry.column, Severity.WARNING, "date-missing", message))


def _later(day: date, cadence: Cadence) -> date | None:
    later = cadence.follow(day)
    return later if later < _LAST_DAY else None


def _when(entry: Entry, day: date, cadence: Cadence) -> When:
    clock = entry.begins or (cadence.starts_at if entry.lasts_days == 1 else None)
    if clock is None:
        until = day + timedelta(days=entry.lasts_days)
        return When(_moment(day, time(), cadence.timezone), _moment(until, time(), cadence.timezone), all_day=True)
    zone = entry.zone or cadence.timezone
    starts = _moment(day, clock, zone)
    if entry.ends is None:
        ends = starts.astimezone(UTC) + (entry.duration or cadence.duration)
    else:
        last = day + timedelta(days=entry.lasts_days - 1)
        ends = _moment(last, entry.ends, zone)
        ends = ends if ends > starts else _moment(last + timedelta(days=1), entry.ends, zone)
    return When(starts.astimezone(cadence.timezone), ends.astimezone(cadence.timezone))


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time that exists: through UTC, one in a gap moves past it."""
    return datetime.combine(day, clock.replace(tzinfo=None, fold=0), zone).astimezone(UTC).astimezone(zone)
