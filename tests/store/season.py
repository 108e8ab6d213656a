"""Values that the tests of the ledger start from: one session, its participants, and the instants around it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from service.reminders.occasion import Audience, Occasion, list_occasions
from service.reminders.rule import parse_rules
from service.schedule.session import Link, Session, Status, When
from service.schedule.version import Revision, Version
from service.store import membership, participants, revisions
from service.store.revisions import Stored

SERIES = "season"
SEOUL = ZoneInfo("Asia/Seoul")
START = datetime(2024, 1, 27, 21, tzinfo=SEOUL)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DAY_BEFORE = START - DAY

SESSION = Session(
    title="데이터가 바닥날까? 🎲",
    when=When(START, START + 2 * HOUR),
    number="3",
    type="pretraining",
    speakers=("이하나", "박두리"),
    affiliation="MIT",
    place="Room 1",
    links=(Link("https://example.org/paper", "paper"),),
    note="bring a pen",
    line=7,
)
VERSION = Version(uid="abc@example.org", session=SESSION, sequence=0, modified=datetime(2024, 1, 1, tzinfo=UTC))


def revise(session: Session = SESSION, sequence: int = 0) -> Version:
    """The session in another version."""
    return replace(VERSION, session=session, sequence=sequence)


def moved(by: timedelta, sequence: int = 1) -> Version:
    """The session at another time."""
    return revise(replace(SESSION, when=When(START + by, START + by + 2 * HOUR)), sequence)


CANCELLED = revise(replace(SESSION, status=Status.CANCELLED), 1)


def publish(connection: Connection, *versions: Version, now: datetime = VERSION.modified, slug: str = SERIES) -> None:
    """Make these the series' sessions."""
    revision = Revision(versions=versions, changes=(), minted=len(versions))
    stored = Stored(
        title="Season",
        language="ko",
        document="",
        digest="",
        presentation="",
        changed_at=now,
        presented_at=now,
        content=revision,
    )
    revisions.save(connection, slug, stored)


def join(connection: Connection, name: str, *, now: datetime = VERSION.modified, **wishes: str) -> int:
    """A confirmed participant; their id."""
    return membership.add(
        connection,
        series=SERIES,
        address=f"{name}@example.org",
        language="ko",
        timezone=wishes.get("timezone", "Asia/Seoul"),
        state=participants.State.CONFIRMED,
        now=now,
    ).id


def occasions(version: Version = VERSION) -> dict[str, Occasion]:
    """The session's occasions for an audience in Seoul, by rule."""
    audience = Audience("Asia/Seoul", "")
    return {one.rule: one for one in list_occasions([version], [audience], parse_rules("7d 1d 1h"))}
