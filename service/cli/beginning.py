"""`init`: from a schedule to settings that serve it."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import click
import tzlocal

from service.cli.bare import Terms, read_schedule
from service.remediable import Remediable
from service.resources import CONFIG
from service.schedule.cadence import Cadence
from service.schedule.session import Schedule
from service.settings import reader, timing

__all__ = ["init"]

_HOME: Final = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo", "zh": "Asia/Shanghai"}
_TARGET: Final = Path("studybell.toml")
_NAMELESS: Final = "schedule"


@dataclass(frozen=True, slots=True)
class _Times:
    """What a document says about time: the first day, whether every row has a day, and whether any has a time."""

    first: date | None
    is_dated: bool
    has_times: bool

    @classmethod
    def of(cls, found: Schedule) -> "_Times":
        dated = [session.when for session in found.sessions if session.when]
        return cls(
            min((when.starts.date() for when in dated), default=None),
            len(dated) == len(found.sessions),
            not all(when.all_day for when in dated),
        )


@click.command()
@click.argument("schedule", type=click.Path(path_type=Path, dir_okay=False), default="schedule.md")
def init(schedule: Path) -> None:
    """Write a commented studybell.toml for a schedule.

    SCHEDULE is a file here; without it schedule.md.
    """
    if _TARGET.exists():
        raise Remediable(f"{_TARGET} is there already; edit it, or move it away first")
    zone = tzlocal.get_localzone_name()
    found = read_schedule(schedule, Terms(Cadence(timezone=timing.read_zone(zone))))
    if not found.sessions:
        raise Remediable(f"{schedule}: no schedule was found in it; `studybell check {schedule}` tells why")
    if zone in ("UTC", "Etc/UTC"):  # a server's clock says nothing about where the people are
        zone = _HOME.get(found.language, "UTC")
    times = _Times.of(found)
    _TARGET.write_text(_write_settings(schedule, found, times, zone), "utf-8")
    click.echo(f"{_TARGET} is written for {schedule}: {found.title or 'untitled'}, rows: {len(found.sessions)}.")
    for advice in _advise(times, zone):
        click.echo(f"  {advice}")
    click.echo("Then run:\n  studybell check    to see what is understood\n  studybell serve    to serve it")


def _advise(times: _Times, zone: str) -> list[str]:
    """What to look at in the settings."""
    advice = [f"timezone is {zone}: correct it if the sessions meet elsewhere"]
    if times.first is None:
        advice.append("starts_on is not set: the rows have no dates, so give it the first session's day")
    elif not times.is_dated:
        advice.append(f"starts_on is {times.first}: some rows have no date and are counted from it")
    if not times.has_times:
        advice.append("starts_at is not set: sessions last all day until you set it")
    return advice


def _write_settings(schedule: Path, found: Schedule, times: _Times, zone: str) -> str:
    """The example's text with this schedule's own values."""
    text = (CONFIG / "studybell.example.toml").read_text("utf-8")
    for key, value in {
        "language": found.language or "en",
        "slug": _name(schedule),
        "source": schedule.as_posix(),
        "timezone": zone,
        "location": "",
    }.items():
        text = _set(text, key, json.dumps(value, ensure_ascii=False))
    text = _set(text, "base_url", '"http://127.0.0.1:8000"', as_comment=True)  # without it, it follows the port
    starts_on = times.first if times.first and not times.is_dated else None
    text = _set(text, "starts_on", str(starts_on or "2026-03-02"), as_comment=starts_on is None)
    return _set(text, "starts_at", '"19:00"', as_comment=True)


def _set(text: str, key: str, value: str, *, as_comment: bool = False) -> str:
    """The settings with `value` for `key`, the comments at the end of lines staying in their column."""
    [line] = re.findall(rf"(?m)^{key} *= .*$", text)
    setting, mark, comment = line.partition("  #")
    equals = setting.index("=") + 2
    written = ("# " if as_comment else "") + setting[:equals] + value
    if mark:
        written = written.ljust(line.index("#") - 1) + f" #{comment}"
    return text.replace(line, written, 1)


def _name(schedule: Path) -> str:
    """A slug from the file's name."""
    slug = re.sub(r"[^a-z0-9]+", "-", schedule.stem.lower())[:64].strip("-")
    try:
        return str(reader.read_slug(slug))
    except ValueError:
        return _NAMELESS
