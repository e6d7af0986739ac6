"""When the worker of the service last gave a sign, and how many events it has not heard yet."""

import sqlalchemy as sa
from alembic import op

from servicekit.db import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table; the worker writes its row by itself."""
    op.create_table(
        "worker_seen",
        sa.Column("service", sa.String(100), primary_key=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("waiting", sa.Integer()),
    )
