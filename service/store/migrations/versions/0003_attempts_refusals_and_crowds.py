"""How a mail came to be as it stands, whom the form turned away, and crowds that are planned in slices."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint(
            "delivery_id", "number", "state", "reason", name=op.f("uq_attempts_delivery_id_number_state_reason")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "refusals",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("at", "answer", name=op.f("pk_refusals")),
    )
    op.drop_index(op.f("ix_participants_state_series_timezone_leads"), "participants")
    audience = ["state", "series", "timezone", "leads", "id"]
    op.create_index(op.f("ix_participants_state_series_timezone_leads_id"), "participants", audience, unique=False)
    op.drop_index(op.f("ix_deliveries_session"), "deliveries")
    told = ["session", "participant_id"]
    op.create_index(op.f("ix_deliveries_session_participant_id"), "deliveries", told, unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _count_choices_once()


def _count_choices_once() -> None:
    """Count once in a transaction: a row that one transaction writes again and again gets ever slower to find."""
    op.execute(
        """
        CREATE OR REPLACE FUNCTION count_choices() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF current_setting('studybell.counted', true) IS DISTINCT FROM txid_current()::text THEN
                INSERT INTO choices (slot, total) VALUES (pg_backend_pid() % 64, 1)
                ON CONFLICT (slot) DO UPDATE SET total = choices.total + 1;
                PERFORM set_config('studybell.counted', txid_current()::text, true);
            END IF;
            RETURN NULL;
        END $$
        """
    )
