"""Notifications store kind and data instead of sentences; the sentences of older rows stay where they are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("notifications") as notifications:  # SQLite changes no column in place
        notifications.add_column(sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")))
        notifications.alter_column("title", existing_type=sa.String(500), nullable=True)
        notifications.alter_column("body", existing_type=sa.Text(), nullable=True)
