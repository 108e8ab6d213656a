"""What participants choose besides, what comes back, and what several processes share."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("series", sa.Column("waiting", sa.Text(), nullable=False, server_default=""))
    op.add_column("series", sa.Column("grounds", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("series", sa.Column("asides", sa.Text(), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("moved_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("participants", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    for choice in ("digest", "invitations"):
        op.add_column("participants", sa.Column(choice, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_participants_created_at"), "participants", ["created_at"], unique=False)
    op.create_table(
        "bounces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("delivery_id", "status", "returned", name=op.f("uq_bounces_delivery_id_status_returned")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_bounces_participant_id"), "bounces", ["participant_id"], unique=False)
    op.create_index(op.f("ix_bounces_at"), "bounces", ["at"], unique=False)
    op.create_table(
        "fetches",
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=16), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("series", "family", name=op.f("pk_fetches")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("held_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "pace",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pace")),
    )
    op.create_table(
        "holds",
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("refusal", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_holds")),
    )
    op.create_table(
        "desk_keys",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_desk_keys")),
    )
    _count_entries()
    _form_lanes()
    _count_choices()


def _form_lanes() -> None:
    """Let what is claimed next be found at once, however much waits and however much was ever sent."""
    op.add_column("deliveries", sa.Column("lane", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("gist", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("deaths", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE deliveries SET lane = CASE WHEN kind IN ('confirmation', 'known') THEN 'sign-ups'"
        " WHEN kind IN ('moved', 'cancelled', 'restored') THEN 'notices'"
        " WHEN kind IN ('reminder', 'speaker') THEN 'reminders' ELSE 'organiser' END"
    )
    op.drop_index(op.f("ix_deliveries_state_next_at"), "deliveries")
    op.drop_index(op.f("ix_deliveries_session_state"), "deliveries")
    op.create_index(op.f("ix_deliveries_session"), "deliveries", ["session"], unique=False)
    for name, columns, rows in (
        ("ix_deliveries_waiting", ["lane", "expires_at", "id"], "state = 'planned'"),
        ("ix_deliveries_next", ["next_at"], "state = 'planned'"),
        ("ix_deliveries_held", ["owner"], "owner <> ''"),
    ):
        where = sa.text(rows)
        op.create_index(name, "deliveries", columns, unique=False, sqlite_where=where, postgresql_where=where)


def _count_choices() -> None:
    """Let the database itself count whenever the people change, so that nobody needs to read them all to know."""
    op.create_table(
        "choices",
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_choices")),
    )
    op.execute("INSERT INTO choices (slot, total) VALUES (0, 0)")
    if op.get_bind().dialect.name == "sqlite":
        for event in ("INSERT", "UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER participants_{event.lower()} AFTER {event} ON participants"
                " BEGIN UPDATE choices SET total = total + 1 WHERE slot = 0; END"
            )
        return
    op.execute(
        """
        CREATE FUNCTION count_choices() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO choices (slot, total) VALUES (pg_backend_pid() % 64, 1)
            ON CONFLICT (slot) DO UPDATE SET total = choices.total + 1;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER participants_changed AFTER INSERT OR UPDATE OR DELETE ON participants"
        " FOR EACH STATEMENT EXECUTE FUNCTION count_choices()"
    )


def _count_entries() -> None:
    """Let the database itself count what enters the ledger, whoever enters it: the other side of the books."""
    op.create_table(
        "entries",
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_entries")),
    )
    op.execute("INSERT INTO entries (slot, total) SELECT 0, count(*) FROM deliveries")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER deliveries_counted AFTER INSERT ON deliveries"
            " BEGIN UPDATE entries SET total = total + 1 WHERE slot = 0; END"
        )
        return
    # Processes that enter rows at the same time count in slots of their own, and do not wait for each other.
    op.execute(
        """
        CREATE FUNCTION count_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO entries (slot, total)
            SELECT pg_backend_pid() % 64, count(*) FROM entered HAVING count(*) > 0
            ON CONFLICT (slot) DO UPDATE SET total = entries.total + excluded.total;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER deliveries_counted AFTER INSERT ON deliveries REFERENCING NEW TABLE AS entered"
        " FOR EACH STATEMENT EXECUTE FUNCTION count_deliveries()"
    )
