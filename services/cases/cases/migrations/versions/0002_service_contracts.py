"""Service contracts and the items that they cover."""

import sqlalchemy as sa
from alembic import op

from servicekit.database.numbers import create_series
from servicekit.database.types import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create them; on PostgreSQL also the series of their numbers."""
    op.create_table(
        "service_contracts",
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("customer_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("terms", sa.Text()),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("cancelled_at", UtcDateTime()),
        sa.Column("cancel_reason", sa.String(500)),
        *_versioned(),
        sa.PrimaryKeyConstraint("id", name="pk_service_contracts"),
        sa.UniqueConstraint("number", name="uq_service_contracts_number"),
    )
    op.create_index("ix_service_contracts_created_at_id", "service_contracts", ["created_at", "id"])
    op.create_index(
        "ix_service_contracts_customer_id_created_at_id", "service_contracts", ["customer_id", "created_at", "id"]
    )
    op.create_table(
        "contract_items",
        sa.Column("contract_id", sa.String(40), nullable=False),
        sa.Column("product", sa.String(200), nullable=False),
        sa.Column("serial", sa.String(100)),
        sa.Column("coverage", sa.String(500)),
        *_versioned(),
        sa.ForeignKeyConstraint(["contract_id"], ["service_contracts.id"], name="fk_contract_items_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contract_items"),
    )
    op.create_index("ix_contract_items_contract_id", "contract_items", ["contract_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(create_series("service_contract"))


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
    ]
