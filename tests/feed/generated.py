"""Schedules of every odd kind, as many as one likes: the same number always makes the same one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from service.feed.calendar import listed, render_calendar
from service.feed.event import render_event
from service.feed.zone import read_zone
from service.schedule.arrangement import arrange
from service.schedule.cadence import Cadence
from service.schedule.document import read_document
from service.schedule.identity import revise
from service.schedule.series import Series
from service.schedule.session import Schedule, Session, Status, When
from service.schedule.text import clean_line
from service.schedule.version import Version

__all__ = ["Generated", "generate"]

_BEFORE: Final = datetime(2020, 1, 1, tzinfo=UTC)
_YEARS: Final = range(2024, 2032)
_ZONES: Final = sorted(available_timezones() - {"Factory", "localtime"})[::6]
"""A hundred of all kinds; that all are told rightly is tested elsewhere."""
_LETTERS: Final = (
    *"가나다논문읽기힣ㄱ", *"abcXYZ019 ", *"éüñßαЖ中文日本語", "e\u0301", "\u1112\u1161\u11ab",
    "🎉", "👩‍👩‍👧‍👦", "🇰🇷", "👍🏽", "𝔘", "\U0010fffd",
)  # fmt: skip
_TRAPS: Final = (
    "\\", "\\\\", "\\n", "\\N", "\\,", "\\;", ";", ",", ":", '"', "'", "^n", "^'", "^^", "=", "&amp;", "<b>", "%0A",
    "\n", "\r", "\r\n", "\t", "\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ufeff",
    "\u202e", "\u200b", "\u00a0", "\u3000", "BEGIN:VEVENT", "END:VCALENDAR", "\r\nATTENDEE:x", "someone@example.org",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Generated:
    """A series, what is published of it, and its feed."""

    series: Series
    versions: tuple[Version, ...]
    feed: bytes


def generate(seed: int) -> Generated:
    """The schedule of that number, with one to three sessions. Every fifth stood in a document and was edited once."""
    chance = Random(seed)
    series = _make_series(chance)
    schedule = _make_document(chance, series) if seed % 5 == 0 else _make_schedule(chance, series)
    versions = _publish(chance, series, schedule)
    return Generated(series, versions, _render(series, versions))


def _make_series(chance: Random) -> Series:
    return Series(
        slug="season",
        title=_text(chance, chance.randint(1, 60)) or "x",
        language=chance.choice(("ko", "en", "ja", "zh", "de")),
        timezone=chance.choice(_ZONES),
        url=chance.choice(("", "https://bell.example.org/season")),
        location=chance.choice(("", "Room 5; West, Hall\\N")),
        join_url=chance.choice(("", "https://meet.example.org/room?pwd=a;b,c")),
    )


def _make_schedule(chance: Random, series: Series) -> Schedule:
    sessions = tuple(_make_session(chance, ZoneInfo(series.timezone)) for _ in range(chance.randint(1, 3)))
    return Schedule(title=series.title, language=series.language, timezone=series.timezone, sessions=sessions)


def _make_session(chance: Random, home: ZoneInfo) -> Session:
    zone = home if chance.random() < 0.8 else ZoneInfo(chance.choice(_ZONES))
    return Session(
        title=_text(chance, chance.randint(0, chance.choice((40, 40, 300)))),
        when=_make_when(chance, zone),
        type=_text(chance, chance.randint(0, 8)),
        speakers=tuple(filter(None, (_text(chance, 6) for _ in range(chance.randint(0, 2))))),
        place=_text(chance, chance.choice((0, 0, 12, 90))),
        note=_text(chance, chance.choice((0, 40))),
        status=chance.choice((Status.CONFIRMED, Status.CONFIRMED, Status.TENTATIVE, Status.CANCELLED)),
    )


def _make_when(chance: Random, zone: ZoneInfo) -> When:
    wall = chance.choice(_near_changes(zone.key)) if chance.random() < 0.5 else _any_wall(chance)
    if chance.random() < 0.2:
        starts = datetime.combine(wall.date(), time(), zone)
        ends = datetime.combine(wall.date() + timedelta(days=chance.randint(1, 3)), time(), zone)
        return When(starts, max(starts, ends), all_day=True)
    starts = wall.replace(tzinfo=zone, fold=chance.randint(0, 1)).astimezone(UTC).astimezone(zone)
    lasts = timedelta(minutes=chance.choice((0, 30, 90, 120, 180, 600, 1440, 4000)))
    return When(starts, (starts.astimezone(UTC) + lasts).astimezone(zone))


def _any_wall(chance: Random) -> datetime:
    day = datetime(chance.choice(_YEARS), 1, 1) + timedelta(days=chance.randrange(365))
    return day + timedelta(minutes=chance.choice((0, 1, 30, 570, 1140, 1260, 1410, 1439)))


@cache
def _near_changes(key: str) -> tuple[datetime, ...]:
    """Wall-clock times around each change of the clocks; any midnights for a zone whose clocks stand."""
    changes = [turn.wall(year) for turn in read_zone(key).turns for year in _YEARS]
    changes = changes or [datetime(year, 3, 10) for year in _YEARS]
    return tuple(change + timedelta(minutes=minutes) for change in changes for minutes in range(-180, 181, 30))


def _text(chance: Random, length: int) -> str:
    """A text of about that length as it enters the domain: often of one script, so that lines fold at every octet."""
    letters = chance.choice((_LETTERS, _LETTERS[:9], ("\\",), (*_LETTERS, *_TRAPS), _TRAPS))
    lead = "x" * chance.randrange(75) if length > 75 else ""
    return clean_line(lead + "".join(chance.choice(letters) for _ in range(length)))


def _make_document(chance: Random, series: Series) -> Schedule:
    rows = [f"| {day} | {_cell(chance)} | {_cell(chance)} |" for day in _days(chance)]
    text = "\n".join((f"# {_cell(chance)}", "", "| Date | Topic | Speaker |", "|---|---|---|", *rows, ""))
    starts = chance.choice((None, time(), time(19), time(23, 30)))
    cadence = Cadence(timezone=ZoneInfo(series.timezone), starts_at=starts, duration=timedelta(hours=2))
    return arrange(read_document(text, form="markdown"), cadence)


def _days(chance: Random) -> Iterator[str]:
    first = datetime(chance.choice(_YEARS), chance.randint(1, 12), chance.randint(1, 28))
    for week in range(chance.randint(1, 3)):
        yield f"{first + timedelta(weeks=week):%Y-%m-%d}"


def _cell(chance: Random) -> str:
    return _text(chance, chance.randint(1, 40)).replace("|", "") or "x"


def _publish(chance: Random, series: Series, schedule: Schedule) -> tuple[Version, ...]:
    """The schedule as published, for some after one session was moved and another left out."""
    first = revise((), schedule, namespace="bell.example.org/season", minted=0, now=_BEFORE)
    if chance.random() < 0.7 or not schedule.sessions:
        return listed(first.versions, _BEFORE)
    moved, *others = schedule.sessions
    if moved.when:
        starts, ends = moved.when.starts + timedelta(days=1), moved.when.ends + timedelta(days=2)
        moved = replace(moved, when=When(starts, ends, moved.when.all_day))
    edited = replace(schedule, sessions=(moved, *others[1:]))
    now = _BEFORE + timedelta(hours=1)
    again = revise(first.versions, edited, namespace="bell.example.org/season", minted=first.minted, now=now)
    return listed(again.versions, now)


def _render(series: Series, versions: tuple[Version, ...]) -> bytes:
    return render_calendar(series, [render_event(version, series) for version in versions], versions)
