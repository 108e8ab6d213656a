"""A listing: the sessions of a series for other programs, as JSON."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from service.feed.event import is_called_off
from service.schedule.series import Series
from service.schedule.session import Status
from service.schedule.text import mask_addresses
from service.schedule.version import Version

__all__ = ["render_listing"]


def render_listing(series: Series, versions: Iterable[Version]) -> bytes:
    """The series and these versions in their order, as JSON (UTF-8); equal bytes for equal values.

    An object with `slug`, `title`, `language`, `timezone`, `url`, `location`, `join_url`, `modified` and `sessions`,
    a list of objects with `id`, `uid`, `url`, `number`, `type`, `title`, `speakers` (a list), `affiliation`, `starts`,
    `ends` (RFC 3339 with the zone's offset, or dates if `all_day`; `ends` is exclusive; null as long as no date is
    known), `all_day`, `place`, `links` (objects with `url`, `label`), `note`, `status` (`confirmed`, `tentative`,
    `cancelled`, `break`: no meeting), `sequence` and `modified`. What is not known is an empty string. Addresses in
    texts are masked.
    """
    listed = list(versions)
    document = {
        "slug": series.slug,
        "title": series.title,
        "language": series.language,
        "timezone": series.timezone,
        "url": series.url,
        "location": series.location,
        "join_url": series.join_url,
        "modified": _write_instant(max((series.modified, *(version.modified for version in listed)))),
        "sessions": [_describe(version, series) for version in listed],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _describe(version: Version, series: Series) -> dict[str, object]:
    session = version.session
    return {
        "id": version.id,
        "uid": version.uid,
        "url": f"{series.url}#{version.id}" if series.url else "",
        "number": session.number,
        "type": session.type,
        "title": mask_addresses(session.title),
        "speakers": [mask_addresses(name) for name in session.speakers],
        "affiliation": mask_addresses(session.affiliation),
        **_tell_time(version),
        "place": mask_addresses(session.place),
        "links": [{"url": link.url, "label": mask_addresses(link.label)} for link in session.links],
        "note": mask_addresses(session.note),
        "status": (Status.CANCELLED if is_called_off(version) else session.status).value,
        "sequence": version.sequence,
        "modified": _write_instant(max(version.modified, series.modified)),
    }


def _tell_time(version: Version) -> dict[str, object]:
    when = version.session.when
    if when is None:
        return {"starts": None, "ends": None, "all_day": False}
    starts, ends = (when.starts.date(), when.ends.date()) if when.all_day else (when.starts, when.ends)
    return {"starts": starts.isoformat(), "ends": ends.isoformat(), "all_day": when.all_day}


def _write_instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
