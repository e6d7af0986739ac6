"""Outbox, inbox, parking, idempotency keys, numbers and job runs."""

import sqlalchemy as sa
from alembic import op

from servicekit.database.types import UtcDateTime

revision = "0001"
down_revision = None

_big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "outbox",
        sa.Column("id", _big_id, sa.Identity(), primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.String(40), nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("aggregate_id", sa.String(40), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text()),
        sa.Column("next_try_at", UtcDateTime()),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
        sa.UniqueConstraint(
            "aggregate_id", "aggregate_version", "type", name="uq_outbox_aggregate_id_aggregate_version_type"
        ),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("published_at IS NULL")
    op.create_index("ix_outbox_waiting", "outbox", ["id"], postgresql_where=waiting, sqlite_where=waiting)
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(100), primary_key=True),
        sa.Column("event_id", sa.String(64), primary_key=True),
        sa.Column("processed_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_inbox_processed_at", "inbox", ["processed_at"])
    op.create_table(
        "parked_message",
        sa.Column("id", _big_id, sa.Identity(), primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.String(64)),
        sa.Column("type", sa.String(200)),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("parked_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime()),
        sa.Column("settled_as", sa.String(20)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_parked_message_event_id", "parked_message", ["event_id"])
    op.create_index("ix_parked_message_parked_at", "parked_message", ["parked_at"])
    op.create_table(
        "idempotency_key",
        sa.Column("caller", sa.String(60), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_idempotency_key_stored_at", "idempotency_key", ["stored_at"])
    op.create_table(
        "number_counter",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("last", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
    )
