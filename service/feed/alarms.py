"""Alarms: what a calendar is to show before a session, of its own accord (VALARM, RFC 5545 3.6.6)."""

from collections.abc import Iterable
from typing import Final

from service.feed.content import fold_line, plain_line
from service.feed.style import Alarm

__all__ = ["add_alarms"]

_END: Final = b"END:VEVENT\r\n"


def add_alarms(event: bytes, alarms: Iterable[Alarm], *, uid: str, title: str) -> bytes:
    """The VEVENT `event` of a session called `title`, with a VALARM for each of `alarms`.

    They only show the title: some programs would send mail for any other ACTION. The UID lets programs remember which
    alarm was seen (RFC 9074 4).
    """
    name, _, host = uid.partition("@")
    told = fold_line(f"DESCRIPTION:{plain_line(title)}")
    rendered = (
        b"BEGIN:VALARM\r\nUID:%b\r\nACTION:DISPLAY\r\n%b\r\nTRIGGER:%b\r\nEND:VALARM\r\n"
        % (f"{name}-{alarm}@{host or 'studybell'}".encode(), told, _write_trigger(alarm).encode())
        for alarm in alarms
    )
    return b"".join((event.removesuffix(_END), *rendered, _END))


def _write_trigger(alarm: Alarm) -> str:
    """The duration before the start, whole days as such (RFC 5545 3.3.6)."""
    minutes = alarm.minutes
    return f"-P{minutes // 1440}D" if minutes % 1440 == 0 else f"-PT{minutes}M"
