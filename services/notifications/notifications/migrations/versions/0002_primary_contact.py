"""The primary contact of an organization, to whom its e-mails are written."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("customers", sa.Column("primary_contact_id", sa.String(40)))
