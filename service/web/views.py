"""Views: what the schedule page says to one reader at one moment, as ready words. Templates only lay it out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from service.messages.wording import render_day, render_hours, render_until, render_when
from service.schedule.series import Series
from service.schedule.session import Link, Session, Status, When
from service.schedule.text import mask_addresses
from service.schedule.version import Version

__all__ = ["Reader", "ScheduleView", "SessionView", "view_schedule", "view_session"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page: a language code and an IANA time zone."""

    language: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """One session in the reader's words. `day`, `hours` and `when` are empty as long as no date is known.

    `id` is empty for a row that is no dated meeting: nothing can lead to it. `starts` is the instant for machines (ISO
    8601), `until` how long it is from now; a session that has begun and not ended yet `is_running`.
    """

    id: str
    number: str
    type: str
    title: str
    speakers: tuple[str, ...]
    affiliation: str
    place: str
    join_url: str
    links: tuple[Link, ...]
    note: str
    status: Status
    day: str = ""
    hours: str = ""
    when: str = ""
    starts: str = ""
    until: str = ""
    is_running: bool = False
    is_past: bool = False

    @property
    def takes_place(self) -> bool:
        """Whether nobody called it off and it is no break."""
        return self.status in (Status.CONFIRMED, Status.TENTATIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """A series' whole page: the `next` session (running or still to come), all that is `coming`, what is `past`.

    `coming` leads to the future, undated sessions last; `past` leads back from the latest.
    """

    series: Series
    next: SessionView | None
    coming: tuple[SessionView, ...]
    past: tuple[SessionView, ...]
    stale_since: str = ""


def view_schedule(
    series: Series,
    versions: Sequence[Version],
    *,
    now: datetime,
    reader: Reader,
    asides: Sequence[Session] = (),
    stale_since: datetime | None = None,
) -> ScheduleView:
    """The schedule as `reader` sees it at `now`. A withdrawn session is told as cancelled until its day is over.

    `asides` are the document's rows that are no dated meeting; breaks that are over are not told.
    """
    coming = [version for version in versions if not _is_over(version.session.when, now)]
    past = [version for version in versions if _is_over(version.session.when, now) and not version.withdrawn]
    others = [aside for aside in asides if not _is_over(aside.when, now)]
    ahead = [(one.session.when, view_session(one, series, now=now, reader=reader)) for one in coming]
    ahead += [(one.when, _view(one, series, now, reader)) for one in others]
    told = tuple(view for _, view in sorted(ahead, key=lambda pair: _by_start(pair[0])))
    behind = sorted(past, key=lambda version: _by_start(version.session.when), reverse=True)
    return ScheduleView(
        series=series,
        next=next((session for session in told if session.takes_place and session.day), None),
        coming=told,
        past=tuple(view_session(version, series, now=now, reader=reader) for version in behind),
        stale_since=_tell_moment(stale_since, reader) if stale_since else "",
    )


def view_session(version: Version, series: Series, *, now: datetime, reader: Reader) -> SessionView:
    """One session as `reader` sees it at `now`."""
    view = replace(_view(version.session, series, now, reader), id=version.id)
    return replace(view, status=Status.CANCELLED, is_running=False) if version.withdrawn else view


def _view(session: Session, series: Series, now: datetime, reader: Reader) -> SessionView:
    place = session.place or series.location
    is_address = place.startswith(("https://", "http://"))
    view = SessionView(
        id="",
        number=session.number,
        type=session.type,
        title=mask_addresses(session.title),
        speakers=tuple(map(mask_addresses, session.speakers)),
        affiliation=session.affiliation,
        place="" if is_address else place,
        join_url=place if is_address else series.join_url,
        links=session.links,
        note=mask_addresses(session.note),
        status=session.status,
    )
    return _tell_time(view, session.when, now, reader) if session.when else view


def _tell_time(view: SessionView, when: When, now: datetime, reader: Reader) -> SessionView:
    starts = when.starts if when.all_day else when.starts.astimezone(ZoneInfo(reader.timezone))
    has_begun, is_over = when.starts <= now, _is_over(when, now)
    return replace(
        view,
        day=render_day(starts, reader.language),
        hours=render_hours(when, timezone=reader.timezone, language=reader.language),
        when=render_when(when, timezone=reader.timezone, language=reader.language),
        starts=starts.date().isoformat() if when.all_day else starts.isoformat(),
        until="" if has_begun else render_until(when.starts - now, reader.language),
        is_running=has_begun and not is_over and view.takes_place,
        is_past=is_over,
    )


def _tell_moment(moment: datetime, reader: Reader) -> str:
    local = moment.astimezone(ZoneInfo(reader.timezone))
    return render_when(When(local, local), timezone=reader.timezone, language=reader.language)


def _is_over(when: When | None, now: datetime) -> bool:
    return when is not None and max(when.ends, when.starts) <= now


def _by_start(when: When | None) -> tuple[bool, float]:
    return (when is None, when.starts.timestamp() if when else 0.0)
