"""A customer carries the ids that other systems know it by; the table beside it keeps each with one customer."""

import sqlalchemy as sa
from alembic import op

from servicekit.database.types import Json

revision = "0003"
down_revision = "0002"

_AGGREGATES = {"postgresql": "jsonb_object_agg", "sqlite": "json_group_object"}


def upgrade() -> None:
    """Copy what the table holds."""
    op.add_column("customers", sa.Column("external_ids", Json, nullable=False, server_default="{}"))
    aggregate = _AGGREGATES[op.get_bind().dialect.name]
    op.execute(
        f"UPDATE customers SET external_ids = (SELECT {aggregate}(e.system, e.external_id) FROM external_ids e"  # noqa: S608 - one of two names
        " WHERE e.customer_id = customers.id) WHERE id IN (SELECT customer_id FROM external_ids)"
    )
