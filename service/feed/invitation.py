"""An invitation: one session on its way into somebody's own calendar (iTIP, RFC 5546 3.2.2 and 3.2.5).

It is the event of the feed, under the same UID and SEQUENCE, with the two properties that calendars ask for before they
take up what came by mail: who organises it, and that the reader attends. Nobody is asked for an answer.
"""

from typing import Final
from urllib.parse import quote

from service.feed.calendar import PRODUCT, list_zones
from service.feed.content import fold_line
from service.feed.event import is_called_off, render_event
from service.feed.timezone import render_timezone
from service.schedule.series import Series
from service.schedule.text import clean_line
from service.schedule.version import Version

__all__ = ["choose_method", "fold_attendee", "render_invitation"]

_HEAD: Final = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{product}\r\nCALSCALE:GREGORIAN\r\nMETHOD:{method}\r\n"
_END: Final = b"END:VEVENT\r\n"
_ATTENDEE: Final = (
    "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED\r\n ;RSVP=FALSE:mailto:{attendee}\r\n"
)
_FIRST: Final = 75 - len(" ;RSVP=FALSE:mailto:")
_FURTHER: Final = 75 - len(" ")


def choose_method(version: Version) -> str:
    """What calendars are asked to do: `REQUEST` to show this version, `CANCEL` to take the session out."""
    return "CANCEL" if is_called_off(version) else "REQUEST"


def render_invitation(version: Version, series: Series, *, organizer: str, name: str, attendee: str) -> bytes:
    """The VCALENDAR that a mail from `organizer` (an address, called `name`) carries; equal bytes for equal values.

    `attendee` is what `fold_attendee` made of the reader's address. DTSTAMP is the version's own, so that the same
    version sent twice is known as such. Raises `ValueError` for a session without a date.
    """
    event = render_event(version, series)
    caller = fold_line(f'ORGANIZER;CN="{_quote(name or organizer)}":mailto:{organizer}')
    people = caller + b"\r\n" + _ATTENDEE.format(attendee=attendee).encode()
    return b"".join(
        (
            _HEAD.format(product=PRODUCT, method=choose_method(version)).encode(),
            *map(render_timezone, list_zones([version])),
            event.removesuffix(_END),
            people,
            _END,
            b"END:VCALENDAR\r\n",
        )
    )


def fold_attendee(address: str) -> str:
    """A plain ASCII address as it is written into an invitation: as in a mailto URI, on lines of 75 octets."""
    written = quote(address, safe="!$&'*+/=@^`{|}")
    further = (written[start : start + _FURTHER] for start in range(_FIRST, len(written), _FURTHER))
    return "\r\n ".join((written[:_FIRST], *further))


def _quote(name: str) -> str:
    """A parameter's value between quotation marks, which cannot hold one itself (RFC 5545 3.2)."""
    return clean_line(name).replace('"', "'")
