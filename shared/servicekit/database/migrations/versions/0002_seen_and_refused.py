"""The worker's heartbeat with the number of events in its queue; and an index by which refused events are found."""

import sqlalchemy as sa
from alembic import op

from servicekit.database.types import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table, whose row the worker writes by itself, and the index, which is empty most of the time."""
    op.create_table(
        "worker_seen",
        sa.Column("service", sa.String(100), primary_key=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("waiting", sa.Integer()),
    )
    refused = sa.text("attempts > 0 AND published_at IS NULL")
    op.create_index("ix_outbox_refused", "outbox", ["aggregate_id"], postgresql_where=refused, sqlite_where=refused)
