"""The embedded mailbox, reading side: what a person sees of the mails kept in a Maildir folder."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

__all__ = ["KeptMail", "Mailbox", "Summary"]

_ID: Final = re.compile(r"[0-9]{20}-[0-9]{6,}-[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the list. `id` is safe in a URL; `date` is what the mail says (aware), None if it says nothing."""

    id: str
    subject: str
    recipient: str
    date: datetime | None


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as its reader gets it: the decoded header fields in order, the text part and the html part (or "")."""

    summary: Summary
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


class Mailbox:
    """The mails in the Maildir `folder`; one that does not exist yet is an empty mailbox."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "new"

    async def list_newest(self, limit: int = 100) -> list[Summary]:
        """The `limit` mails that came last, the newest first."""
        return await asyncio.to_thread(self._list_newest, limit)

    async def read(self, id: str) -> KeptMail | None:
        """One mail by the id of its summary; None if there is none (whatever the id looks like)."""
        return await asyncio.to_thread(self._read, id)

    def _list_newest(self, limit: int) -> list[Summary]:
        if not self._folder.is_dir():
            return []
        names = sorted((path.name for path in self._folder.iterdir() if _ID.fullmatch(path.name)), reverse=True)
        return [_summarise(name, self._parse(name, header_only=True)) for name in names[:limit]]

    def _read(self, id: str) -> KeptMail | None:
        if not _ID.fullmatch(id) or not (self._folder / id).is_file():
            return None
        message = self._parse(id)
        headers = tuple((name, str(value)) for name, value in message.items())
        return KeptMail(_summarise(id, message), headers, _get_part(message, "plain"), _get_part(message, "html"))

    def _parse(self, id: str, *, header_only: bool = False) -> EmailMessage:
        with (self._folder / id).open("rb") as file:
            return BytesParser(EmailMessage, policy=modern).parse(file, headersonly=header_only)


def _summarise(id: str, message: EmailMessage) -> Summary:
    return Summary(id, str(message["Subject"] or ""), str(message["To"] or ""), _get_date(message))


def _get_date(message: EmailMessage) -> datetime | None:
    try:
        date = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _get_part(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return str(part.get_content()) if part else ""
