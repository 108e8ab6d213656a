"""A guest: somebody who wants invitations, the service that sends them, and what the feed says at the same time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlalchemy import Connection, update

from service.app.service import App, open_app
from service.store.tables import participants
from tests.app.conftest import EVENING, SCHEDULE, House, join, visit
from tests.feed.reading import Reading, expect

__all__ = ["ADDRESS", "SENDER", "Guest", "Invited", "inviting"]

ADDRESS, SENDER = "guest@example.org", "bell@example.org"

_PARTS = ["text/plain", "text/html", "text/calendar", "application/ics"]


@dataclass(frozen=True)
class Invited:
    """What one mail brought for the calendar: `event` has the lines of its VEVENT."""

    subject: str
    method: str
    calendar: bytes

    @property
    def event(self) -> list[str]:
        return next(iter(events(self.calendar).values()))

    @property
    def uid(self) -> str:
        return next(iter(events(self.calendar)))


@dataclass
class Guest:
    """The one who is invited. `document` is the schedule as it stands."""

    house: House
    app: App
    document: str = SCHEDULE
    _seen: set[str] = field(default_factory=set)

    async def wait(self, span: timedelta) -> list[Invited]:
        """Let time pass; the invitations that came meanwhile."""
        self.house.watch.time += span
        await self.app.worker.do_once()
        return self._open_new_mails()

    async def edit(self, old: str, new: str) -> list[Invited]:
        """Have the organiser write something else; the invitations that came at once."""
        assert old in self.document
        self.document = self.document.replace(old, new)
        self.house.schedule.write_text(self.document, "utf-8")
        for _ in range(2):  # a file is read once it was seen twice alike
            await self.app.worker.do_once()
        return self._open_new_mails()

    async def wish(self, *, invitations: bool) -> None:
        """Choose whether to get any."""

        def choose(connection: Connection) -> None:
            connection.execute(update(participants).values(invitations=invitations))

        await self.app.store.database.write(choose)

    async def feed(self) -> dict[str, list[str]]:
        """The lines of each event in the feed, by uid."""
        async with visit(self.app) as window:
            return events((await window.get("/season.ics")).content)

    def expected(self, *uids: str) -> list[Reading]:
        """What a program should show of these sessions."""
        published = self.app.shelf.published("season")
        assert published
        return expect(published.series, [version for version in published.versions if version.uid in uids])

    def _open_new_mails(self) -> list[Invited]:
        folder = self.house.settings.data_dir / "mailbox" / "new"
        new = sorted(file for file in folder.glob("*") if file.name not in self._seen)
        self._seen |= {file.name for file in new}
        mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in new]
        return [open_mail(mail) for mail in mails if mail.get_content_type() == "multipart/mixed"]


def open_mail(mail: EmailMessage) -> Invited:
    """What a mail with an invitation brought. It has the shape that programs expect."""
    parts = [part for part in mail.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == _PARTS
    form, file = parts[2:]
    calendar = form.get_payload(decode=True)
    assert isinstance(calendar, bytes)
    assert calendar == file.get_payload(decode=True)
    method = form.get_param("method")
    assert f"METHOD:{method}\r\n".encode() in calendar
    return Invited(str(mail["Subject"]), str(method), calendar)


def events(calendar: bytes) -> dict[str, list[str]]:
    """The unfolded lines of each VEVENT, by uid."""
    bodies = calendar.decode().replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]
    found = [body.partition("END:VEVENT\r\n")[0].splitlines() for body in bodies]
    return {next(line[4:] for line in lines if line.startswith("UID:")): lines for lines in found}


@asynccontextmanager
async def inviting(house: House) -> AsyncIterator[Guest]:
    """The service of `house`, on the evening before the first of four weekly sessions, with a guest."""
    async with open_app(house.settings, house.watch) as app:
        await app.store.database.write(lambda c: join(c, ADDRESS.partition("@")[0], EVENING - timedelta(days=30)))
        guest = Guest(house, app)
        await guest.wish(invitations=True)
        yield guest
