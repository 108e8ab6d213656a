"""A session's content as the text that the database keeps."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from service.schedule.session import Link, Session, Status, When

__all__ = ["read_asides", "read_session", "write_asides", "write_session"]


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


def write_asides(asides: Iterable[Session]) -> str:
    """Rows that are no dated meeting, one a line; empty if there are none."""
    return "\n".join(map(write_session, asides))  # JSON has no line feed of its own


def read_asides(text: str) -> tuple[Session, ...]:
    """What `write_asides` wrote."""
    return tuple(map(read_session, text.split("\n"))) if text else ()


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
    first = written.replace(tzinfo=zone)
    if first.utcoffset() == written.utcoffset():
        return first
    second = first.replace(fold=1)
    return second if second.utcoffset() == written.utcoffset() else first
