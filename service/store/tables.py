"""The tables: series as last read, their sessions' versions, participants, tokens, and the ledger of deliveries."""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

__all__ = ["Instant", "deliveries", "facts", "metadata", "participants", "series", "sessions", "signups", "tokens"]


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored and returned in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A series as last read from its source. `document` is the last good text; `broken_since` and `trouble` tell of a
# source that could not be read or understood since then; `minted` counts the uids ever given. `accepted` is the
# digest of an edit that the organiser allows although it touches much. `presentation` is what readers are told beside
# the sessions, since `presented_at`.
series = Table(
    "series",
    metadata,
    Column("slug", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("language", String(16), nullable=False),
    Column("minted", Integer, nullable=False, default=0),
    Column("document", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("broken_since", Instant),
    Column("trouble", Text, nullable=False, default=""),
    Column("accepted", String(64), nullable=False, default=""),
    Column("presentation", Text, nullable=False, default=""),
    Column("presented_at", Instant, nullable=False),
)

# One row a session ever published and not yet forgotten; `content` is the session itself (see content.py), the other
# columns are what queries ask for.
sessions = Table(
    "sessions",
    metadata,
    Column("uid", String(255), primary_key=True),
    Column("series", String(64), ForeignKey("series.slug", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("starts_at", Instant),
    Column("takes_place", Boolean, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("modified", Instant, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("content", Text, nullable=False),
)

# `since` is the instant from which reminders are owed. `address` is what mail is sent to, `address_key` tells whether
# two spellings are one mailbox; `leads` are the participant's own lead times ("7d 1d"), empty for those of the series;
# `generation` rises when links are rotated.
participants = Table(
    "participants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("series", String(64), nullable=False),
    Column("address", String(320), nullable=False),
    Column("address_key", String(320), nullable=False),
    Column("name", String(200), nullable=False, default=""),
    Column("language", String(16), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("leads", String(200), nullable=False, default=""),
    Column("state", String(16), nullable=False),
    Column("generation", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("since", Instant),
    Column("left_at", Instant),
    UniqueConstraint("series", "address_key"),
    Index(None, "address_key"),
    Index(None, "state", "series", "timezone", "leads"),
    sqlite_autoincrement=True,
)

# Links in mails are capabilities: only the SHA-256 of each is kept, with the one purpose that it serves.
tokens = Table(
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("participant_id", Integer, ForeignKey("participants.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", Instant),
)

# The ledger: one row a mail owed to one person. `session` and `rule` are empty where a kind has none; `starts_at` is
# the session's start that the mail speaks of, else the instant that caused it; `told_at` is the start that the person
# was told before, in a notice; `note` is what a mail to the organiser (participant 0) has to say. `owner` is the random
# token of the process that holds the row until `leased_until` (epoch seconds of the database's own clock).
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("series", String(64), nullable=False),
    Column("participant_id", Integer, nullable=False),
    Column("session", String(255), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("rule", String(32), nullable=False),
    Column("told_at", Instant),
    Column("note", Text, nullable=False, default=""),
    Column("due_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("owner", String(32), nullable=False, default=""),
    Column("leased_until", Float, nullable=False, default=0.0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubts", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    UniqueConstraint("kind", "participant_id", "session", "starts_at", "rule"),
    Index(None, "state", "next_at"),
    Index(None, "session", "state"),
    Index(None, "participant_id"),
    sqlite_autoincrement=True,
)

# Who asked for a sign-up mail lately, as keyed hashes: what the limits against mail bombing count.
signups = Table(
    "signups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asked_at", Instant, nullable=False, index=True),
    Column("address", String(32), nullable=False, index=True),
    Column("client", String(32), nullable=False, index=True),
    sqlite_autoincrement=True,
)

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
