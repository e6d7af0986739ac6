"""Whose a case is: its entries are shown to those who may see the case."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Cases that are stored already say whose they are with their next event."""
    op.add_column("case_facts", sa.Column("owner_id", sa.String(40)))
    op.add_column("case_facts", sa.Column("team_id", sa.String(40)))
