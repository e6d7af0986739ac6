"""The projections of staff, customers, contacts and cases; notifications; e-mails."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from servicekit.database.types import UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_projections()
    create_notifications()
    create_emails()


def create_projections() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("email", sa.String(320)),
        sa.Column("language", sa.String(35)),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("owner_id", sa.String(40)),
        sa.Column("team_id", sa.String(40)),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("email", sa.String(320)),
        sa.Column("language", sa.String(35)),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.String(40), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("email", sa.String(320)),
    )
    op.create_index("ix_contacts_organization_id", "contacts", ["organization_id"])
    op.create_table(
        "cases",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(500), nullable=False),
        sa.Column("customer_id", sa.String(40)),
        sa.Column("owner_id", sa.String(40)),
        sa.Column("team_id", sa.String(40)),
    )


def create_notifications() -> None:
    op.create_table(
        "notifications",
        *versioned(),
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.String(40), nullable=False),
        sa.Column("subject_number", sa.String(20)),
        sa.Column("link", sa.String(300), nullable=False),
        sa.Column("read_at", UtcDateTime()),
        sa.Column("dedupe_key", sa.String(200), nullable=False),
        sa.UniqueConstraint("dedupe_key", name="uq_notifications_dedupe_key"),
    )
    op.create_index("ix_notifications_mine", "notifications", ["user_id", "created_at", "id"])


def create_emails() -> None:
    op.create_table(
        "emails",
        *versioned(),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("dedupe_key", sa.String(400), nullable=False),
        sa.Column("event_id", sa.String(64), nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("to_email", sa.String(320), nullable=False),
        sa.Column("to_name", sa.String(300), nullable=False),
        sa.Column("to_user_id", sa.String(40)),
        sa.Column("reply_to", sa.String(320)),
        sa.Column("case_id", sa.String(40)),
        sa.Column("order_id", sa.String(40)),
        sa.Column("customer_id", sa.String(40)),
        sa.Column("subject", sa.String(500), nullable=False),
        sa.Column("letter", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("when_unknown", sa.String(20), nullable=False),
        sa.Column("is_maybe_double", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime()),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("last_error", sa.Text()),
        sa.Column("sent_at", UtcDateTime()),
        sa.UniqueConstraint("dedupe_key", name="uq_emails_dedupe_key"),
    )
    op.create_index("ix_emails_due", "emails", ["state", "next_try_at"])
    op.create_index("ix_emails_listed", "emails", ["created_at", "id"])
    for column in ("to_email", "case_id", "order_id", "customer_id"):
        op.create_index(f"ix_emails_{column}", "emails", [column])


def versioned() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
    )
