"""The report on a schedule: what was understood, in the plain types of JSON."""

from typing import Any

from service.schedule.session import Schedule, Session, When

__all__ = ["describe"]


def describe(schedule: Schedule, *, file: str) -> dict[str, Any]:
    """The object that `check --json` prints for one file.

    Dates and times are ISO 8601 in the schedule's zone; what is not known is null. `end` is a time of the same day, a
    date for the last of several whole days, or both if a session ends on another day. A number that is a whole number
    is a JSON number.
    """
    return {
        "file": file,
        "title": schedule.title,
        "language": schedule.language or None,
        "timezone": schedule.timezone,
        "sessions": [_describe_session(session) for session in schedule.sessions],
        "problems": [
            {
                "line": remark.line,
                "column": remark.column,
                "severity": remark.severity.value,
                "code": remark.code,
                "message": remark.message,
            }
            for remark in schedule.diagnostics
        ],
    }


def _describe_session(session: Session) -> dict[str, Any]:
    return {
        "number": _describe_number(session.number),
        **_describe_time(session.when),
        "title": session.title or None,
        "type": session.type or None,
        "speakers": list(session.speakers),
        "affiliation": session.affiliation or None,
        "place": session.place or None,
        "links": [link.url for link in session.links],
        "status": session.status.value,
        "line": session.line,
    }


def _describe_number(number: str) -> int | str | None:
    return int(number) if number.isascii() and number.isdigit() else number or None


def _describe_time(when: When | None) -> dict[str, str | None]:
    if when is None:
        return {"date": None, "time": None, "end": None}
    first = when.starts.date()
    if when.all_day:
        last = first.fromordinal(when.ends.date().toordinal() - 1)
        return {"date": first.isoformat(), "time": None, "end": last.isoformat() if last > first else None}
    same_day = when.ends.date() == first
    end = f"{when.ends:%H:%M}" if same_day else f"{when.ends:%Y-%m-%dT%H:%M}"
    return {"date": first.isoformat(), "time": f"{when.starts:%H:%M}", "end": end}
