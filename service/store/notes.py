"""Notes: the tables in which the service keeps what it must remember beside schedules, people and mails."""

from sqlalchemy import Boolean, Column, Float, Integer, String, Table, Text, UniqueConstraint

from service.store.columns import Instant, metadata

__all__ = ["attempts", "bounces", "desk_keys", "facts", "fetches", "holds", "leases", "pace", "refusals", "signups"]

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

# How often forms turned visitors away in each hour that begins `at` then, by the answer: of who it was nothing is kept.
refusals = Table(
    "refusals",
    metadata,
    Column("at", Instant, primary_key=True),
    Column("answer", String(16), primary_key=True),
    Column("total", Integer, nullable=False),
)

# What came back of a delivery: the status of RFC 3463 and what the other side said. `returned` if the mail was accepted
# at first, not if our relay refused it at once.
bounces = Table(
    "bounces",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("participant_id", Integer, nullable=False, index=True),
    Column("delivery_id", Integer, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("returned", Boolean, nullable=False),
    UniqueConstraint("delivery_id", "status", "returned"),
    sqlite_autoincrement=True,
)

# What happened to a delivery that was not simply sent: in attempt `number` it came to `state` for that `reason`, first
# `at` that instant, and in the same way so many `times` until `last_at`.
attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("times", Integer, nullable=False),
    UniqueConstraint("delivery_id", "number", "state", "reason"),
    sqlite_autoincrement=True,
)

# When calendar programs of each family last fetched a series' feed: nothing else of a request is kept.
fetches = Table(
    "fetches",
    metadata,
    Column("series", String(64), primary_key=True),
    Column("family", String(16), primary_key=True),
    Column("fetched_at", Instant, nullable=False),
)

# What one process at a time does, like looking at a source: `owner` may, until `held_until` (epoch seconds of the
# database's own clock).
leases = Table(
    "leases",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("held_until", Float, nullable=False),
)

# The relay's limit, which all processes obey: when the next mail may leave (epoch seconds of the database's own clock).
pace = Table(
    "pace",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("next_at", Float, nullable=False),
)

# Lanes of the ledger from which nothing is sent, because the relay refuses it whomever it is for: `refusal` is what
# such refusals have in common, `reason` is the last one in the relay's words. At `until` one mail is tried, and if that
# is refused, too, the next one `rest` seconds later.
holds = Table(
    "holds",
    metadata,
    Column("lane", String(16), primary_key=True),
    Column("refusal", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("rest", Integer, nullable=False),
)

# What opens the organiser's desk: links that work once, and sessions. Only the SHA-256 of each is kept.
desk_keys = Table(
    "desk_keys",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
