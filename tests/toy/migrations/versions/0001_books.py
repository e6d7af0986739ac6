"""Books and readers."""

import sqlalchemy as sa
from alembic import op

from servicekit.database.types import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "book",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("is_lent", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.String(40)),
        sa.Column("team_id", sa.String(40)),
    )
    op.create_table(
        "reader", sa.Column("id", sa.String(40), primary_key=True), sa.Column("loans", sa.Integer(), nullable=False)
    )
