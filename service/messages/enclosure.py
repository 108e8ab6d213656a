"""An enclosure: the calendar object that a mail carries beside its words, each reader's with their own address in it.

It stands there twice: as one more form of the message, which mail programs with a calendar act upon (RFC 6047 2.4), and
as a file for all others. `method` in the header has to be the METHOD of the object, or Outlook shows raw lines.
"""

from dataclasses import dataclass
from typing import Final

from service.feed.invitation import choose_method, fold_attendee, render_invitation
from service.messages.header import encode_address
from service.messages.skeleton import Skeleton, blank
from service.schedule.series import Series
from service.schedule.version import Version

__all__ = ["MIXED", "Enclosure", "enclose"]

_BOUNDARY: Final = b"=_bell-enclosed"  # neither this nor the inner one begins with the other
_OPEN: Final = b"--" + _BOUNDARY + b"\r\n"
_BASE64: Final = b"Content-Transfer-Encoding: base64\r\n\r\n"

MIXED: Final = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + _BOUNDARY + b'"\r\n\r\n' + _OPEN
"""The end of the header of a mail with an enclosure, and the beginning of its first part."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A calendar object with a blank for its reader's address."""

    method: str
    calendar: Skeleton

    def fill(self, email: str) -> bytes:
        """The calendar object in base64, made out to `email`. Raises `ValueError` if mail cannot carry that address."""
        return b"".join(self.calendar.fill({"attendee": fold_attendee(encode_address(email)).encode()}))

    def write_form(self, filled: bytes) -> bytes:
        """What stands among the forms of the message after its boundary."""
        kind = f"Content-Type: text/calendar; charset=utf-8; method={self.method}\r\n".encode()
        return kind + _BASE64 + filled

    def write_file(self, filled: bytes) -> bytes:
        """What follows the message, up to the end of the mail."""
        kind = b'Content-Type: application/ics; name="invite.ics"\r\n'
        disposition = b'Content-Disposition: attachment; filename="invite.ics"\r\n'
        return _OPEN + kind + disposition + _BASE64 + filled + b"--" + _BOUNDARY + b"--\r\n"


def enclose(version: Version, series: Series, *, organizer: str, name: str) -> Enclosure:
    """The session as calendars are to show it, for mails from `organizer` (an address, called `name`)."""
    attendee = blank("attendee")
    calendar = render_invitation(version, series, organizer=encode_address(organizer), name=name, attendee=attendee)
    return Enclosure(choose_method(version), Skeleton.of(calendar.decode()))
