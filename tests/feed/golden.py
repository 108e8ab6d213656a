"""The golden feeds: `data/*.json` describes a series and its sessions, the `.ics` beside it is the feed, byte by byte.

`python -m tests.feed.golden` writes the feeds anew; look at what changed before keeping it. If events changed, raise
`RENDERING` in `service/feed/event.py`.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service.feed.calendar import render_calendar
from service.feed.event import render_event
from service.schedule.series import Series
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Version

__all__ = ["GOLDEN", "Golden"]

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Golden:
    """One description and where its feed is kept."""

    name: str
    series: Series
    versions: tuple[Version, ...]

    @property
    def feed(self) -> Path:
        return _DATA / f"{self.name}.ics"

    def render(self) -> bytes:
        events = [render_event(version, self.series) for version in self.versions]
        return render_calendar(self.series, events, self.versions)


def _load(path: Path) -> Golden:
    told = json.loads(path.read_text("utf-8"))
    series = Series(**told["series"])
    return Golden(path.stem, series, tuple(_version(row, series) for row in told["sessions"]))


def _version(row: dict[str, Any], series: Series) -> Version:
    zone = ZoneInfo(row.pop("timezone", series.timezone))
    starts, ends = (datetime.fromisoformat(row.pop(key)).replace(tzinfo=zone) for key in ("starts", "ends"))
    return Version(
        uid=row.pop("uid"),
        sequence=row.pop("sequence", 0),
        modified=datetime.fromisoformat(row.pop("modified", "2024-01-02T03:04:05+00:00")),
        withdrawn=row.pop("withdrawn", False),
        session=Session(
            when=When(starts, ends, row.pop("all_day", False)),
            status=Status(row.pop("status", "confirmed")),
            speakers=tuple(row.pop("speakers", ())),
            links=tuple(Link(*link) for link in row.pop("links", ())),
            **row,
        ),
    )


GOLDEN = tuple(_load(path) for path in sorted(_DATA.glob("*.json")))

if __name__ == "__main__":
    for golden in GOLDEN:
        golden.feed.write_bytes(golden.render())
