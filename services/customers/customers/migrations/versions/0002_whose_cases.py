"""Whose a case is: its story is told to those who may see it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Cases that were told before say whose they are with their next change."""
    op.add_column("case_facts", sa.Column("owner_id", sa.String(40)))
    op.add_column("case_facts", sa.Column("team_id", sa.String(40)))
