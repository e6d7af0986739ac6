"""Who is a contact of which organization."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table; it fills with the contacts that are added from now on."""
    op.create_table(
        "known_contacts",
        sa.Column("organization_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "person_id", name="pk_known_contacts"),
    )
