"""A session's content as the text that the database keeps."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.schedule.session import Link, Session, Status, When

__all__ = ["read_session", "write_session"]


def write_session(session: Session) -> str:
    """`session` as JSON; `read_session` gives back an equal one."""
    when = session.when
    return json.dumps(
        {
            "title": session.title,
            "when": when
            and {
                "starts": when.starts.isoformat(),
                "ends": when.ends.isoformat(),
                "zone": str(when.starts.tzinfo),
                "all_day": when.all_day,
            },
            "number": session.number,
            "type": session.type,
            "speakers": session.speakers,
            "affiliation": session.affiliation,
            "place": session.place,
            "links": [[link.url, link.label] for link in session.links],
            "note": session.note,
            "status": session.status,
            "id": session.id,
            "line": session.line,
        },
        ensure_ascii=False,
    )


def read_session(text: str) -> Session:
    """The session that `write_session` wrote."""
    fields: dict[str, Any] = json.loads(text)
    fields["when"] = _read_when(fields["when"])
    fields["speakers"] = tuple(fields["speakers"])
    fields["links"] = tuple(Link(url, label) for url, label in fields["links"])
    fields["status"] = Status(fields["status"])
    return Session(**fields)


def _read_when(when: dict[str, Any] | None) -> When | None:
    if when is None:
        return None
    zone = ZoneInfo(when["zone"])
    return When(_read_time(when["starts"], zone), _read_time(when["ends"], zone), when["all_day"])


def _read_time(text: str, zone: ZoneInfo) -> datetime:
    """The wall-clock time as it was written: its offset tells the two apart that the end of summer time repeats."""
    written = datetime.fromisoformat(text)
    first, second = (written.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return second if second.utcoffset() == written.utcoffset() != first.utcoffset() else first
