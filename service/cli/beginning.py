"""`init`: from a schedule to settings that serve it."""

import re
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
from service.settings import reader

__all__ = ["init"]

_HOME: Final = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo", "zh": "Asia/Shanghai"}
_TARGET: Final = Path("studybell.toml")


@click.command()
@click.argument("schedule", type=click.Path(path_type=Path, dir_okay=False), default="schedule.md")
def init(schedule: Path) -> None:
    """Write a commented studybell.toml for SCHEDULE, a file here."""
    if _TARGET.exists():
        raise Remediable(f"{_TARGET} is there already; edit it, or move it away first")
    zone = tzlocal.get_localzone_name()
    found = read_schedule(schedule, Terms(Cadence(timezone=reader.read_zone(zone))))
    if not found.sessions:
        raise Remediable(f"{schedule}: no schedule was found in it; `studybell check {schedule}` tells why")
    if zone in ("UTC", "Etc/UTC"):  # a server's clock says nothing about where the people are
        zone = _HOME.get(found.language, "UTC")
    _TARGET.write_text(_write_settings(schedule, found, zone), "utf-8")
    click.echo(
        f"{_TARGET} is written for {schedule}: {found.title or 'untitled'}, {len(found.sessions)} rows.\n"
        f"Look at its time zone ({zone}), first day and time, then run:\n"
        "  studybell check    to see what is understood\n"
        "  studybell serve    to serve it"
    )


def _write_settings(schedule: Path, found: Schedule, zone: str) -> str:
    """The example's text with this schedule's own values."""
    dated = [session.when for session in found.sessions if session.when]
    whole_days = all(when.all_day for when in dated)
    values = {
        "language": found.language or "en",
        "slug": _name(schedule),
        "source": schedule.as_posix(),
        "timezone": zone,
        "starts_at": "21:00",
        "location": "",
    }
    text = (CONFIG / "studybell.example.toml").read_text("utf-8")
    for key, value in values.items():
        text = re.sub(rf'(?m)^({key}\s*= )"[^"]*"', rf'\g<1>"{value}"', text, count=1)
    first = min((when.starts.date() for when in dated), default=None)
    text = _set_day(text, first if first and len(dated) < len(found.sessions) else None)
    return text if whole_days else re.sub(r"(?m)^(starts_at\s*= )", r"# \1", text)


def _set_day(text: str, first: date | None) -> str:
    """`starts_on` is for rows without a date; where all have one it is a comment."""
    line = f"starts_on = {first}" if first else "# starts_on = 2026-03-02"
    return re.sub(r"(?m)^starts_on = \S+", line, text)


def _name(schedule: Path) -> str:
    """A slug from the file's name."""
    slug = re.sub(r"[^a-z0-9]+", "-", schedule.stem.lower()).strip("-")[:64]
    return slug if len(slug) > 1 else "schedule"
