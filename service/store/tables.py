"""The tables: series as last read, their sessions' versions, participants, tokens, and the ledger of deliveries.

Those of `notes` are told here, too: whoever asks for a table need not know where it is written.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from service.store.columns import Instant, metadata
from service.store.notes import attempts, bounces, desk_keys, facts, fetches, holds, leases, pace, refusals, signups

__all__ = [
    "Instant",
    "attempts",
    "bounces",
    "choices",
    "deliveries",
    "desk_keys",
    "entries",
    "facts",
    "fetches",
    "holds",
    "leases",
    "metadata",
    "pace",
    "participants",
    "refusals",
    "series",
    "sessions",
    "signups",
    "tokens",
]

# A series as last read from its source. `document` is the last good text; `broken_since` and `trouble` tell of a source
# that could not be read or understood since then; `minted` counts the uids ever given. `waiting` is an edit that waits
# for the organiser (see waiting.py), `accepted` the digest of one that the organiser allows although it touches much.
# `asides` are the rows that are no dated meeting (see content.py). `presentation` is what readers are told beside the
# sessions, since `presented_at`. `grounds` is a digest of what the document was understood by: settings and program.
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
    Column("waiting", Text, nullable=False, default="", server_default=""),
    Column("accepted", String(64), nullable=False, default=""),
    Column("asides", Text, nullable=False, default="", server_default=""),
    Column("presentation", Text, nullable=False, default=""),
    Column("presented_at", Instant, nullable=False),
    Column("grounds", String(64), nullable=False, default="", server_default=""),
)

# One row a session ever published and not yet forgotten; `content` is the session itself (see content.py),
# `moved_from` the start that it was moved away from; the other columns are what queries ask for.
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
    Column("moved_from", Instant),
    Column("content", Text, nullable=False),
)

# `since` is the instant from which reminders are owed. `address` is what mail is sent to, `address_key` tells whether
# two spellings are one mailbox; `leads` are the participant's own lead times ("7d 1d"), empty for those of the series;
# `generation` rises when links are rotated. Nothing but notices is sent before `paused_until`; `digest` and
# `invitations` are mails that a participant has chosen besides.
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
    Column("paused_until", Instant),
    Column("digest", Boolean, nullable=False, default=False, server_default=false()),
    Column("invitations", Boolean, nullable=False, default=False, server_default=false()),
    UniqueConstraint("series", "address_key"),
    Index(None, "address_key"),
    Index(None, "created_at"),
    Index(None, "state", "series", "timezone", "leads", "id"),
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


def _partial(condition: str) -> dict[str, Any]:
    """An index of the few rows that are looked for: the many others cost nothing when they are written."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# The ledger: one row a mail owed to one person. `session` and `rule` are empty where a kind has none; `starts_at` is
# the session's start that the mail speaks of, else the instant that caused it; `told_at` is the start that the person
# was told before, in a notice; `note` is what a mail to the organiser (participant 0) has to say; `gist` a digest of
# what a mail tells the reader's own calendar, empty if nothing. `owner` is the random
# token of the process that holds the row until `leased_until` (epoch seconds of the database's own clock); `deaths`
# counts the processes that ended while they were writing the mail.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("lane", String(16), nullable=False, server_default=""),
    Column("series", String(64), nullable=False),
    Column("participant_id", Integer, nullable=False),
    Column("session", String(255), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("rule", String(32), nullable=False),
    Column("told_at", Instant),
    Column("note", Text, nullable=False, default=""),
    Column("gist", String(16), nullable=False, default="", server_default=""),
    Column("due_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("owner", String(32), nullable=False, default=""),
    Column("leased_until", Float, nullable=False, default=0.0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubts", Integer, nullable=False, default=0),
    Column("deaths", Integer, nullable=False, server_default="0"),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    UniqueConstraint("kind", "participant_id", "session", "starts_at", "rule"),
    Index("ix_deliveries_waiting", "lane", "expires_at", "id", **_partial("state = 'planned'")),
    Index("ix_deliveries_next", "next_at", **_partial("state = 'planned'")),
    Index("ix_deliveries_held", "owner", **_partial("owner <> ''")),
    Index(None, "session", "participant_id"),
    Index(None, "participant_id"),
    sqlite_autoincrement=True,
)

# How often a participant came, went or chose otherwise, counted by triggers: whoever knows the sum of all slots knows
# whether the people are still the same without reading them.
choices = Table(
    "choices",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("total", BigInteger, nullable=False),
)

# How many deliveries ever entered the ledger, counted by triggers of the database, so by nobody who enters them: the
# sum of all slots is what the states must add up to.
entries = Table(
    "entries",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("total", BigInteger, nullable=False),
)
