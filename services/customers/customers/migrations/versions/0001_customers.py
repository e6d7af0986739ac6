"""The directory, the timeline, submissions and the projections of what other services own."""

import sqlalchemy as sa
from alembic import op

from servicekit.database.numbers import create_series
from servicekit.database.types import Json, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them; on PostgreSQL also the series of customer numbers and the index that searches use."""
    _create_customers()
    _create_contacts()
    _create_external_ids()
    _create_notes()
    _create_activities()
    _create_timeline_entries()
    _create_submissions()
    _create_balance_facts()
    _create_case_facts()
    _create_customer_facts()
    _create_order_facts()
    _create_users()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(create_series("customer"))
        _create_search_index()


def _create_search_index() -> None:
    """Substrings are found by trigrams where the extension may be created; else whole beginnings of names."""
    is_offered = sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
    if op.get_bind().scalar(is_offered) and _has_trigrams():
        op.execute("CREATE INDEX ix_customers_search_text ON customers USING gin (search_text gin_trgm_ops)")
    else:
        op.execute("CREATE INDEX ix_customers_name_prefix ON customers (name_search text_pattern_ops)")


def _has_trigrams() -> bool:
    """An ordinary role may create a trusted extension only where it may create in the database."""
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:
        return False
    return True


def _create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("first_name", sa.String(100)),
        sa.Column("last_name", sa.String(100)),
        sa.Column("email", sa.String(320)),
        sa.Column("phone", sa.String(20)),
        sa.Column("website", sa.String(300)),
        sa.Column("industry", sa.String(100)),
        sa.Column("description", sa.Text()),
        sa.Column("language", sa.String(35)),
        sa.Column("street", sa.String(300)),
        sa.Column("city", sa.String(100)),
        sa.Column("postcode", sa.String(20)),
        sa.Column("country", sa.String(2)),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("customer_since", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.String(40)),
        sa.Column("team_id", sa.String(40)),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("archived_at", UtcDateTime()),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("blocked_at", UtcDateTime()),
        sa.Column("blocked_by", sa.String(40)),
        sa.Column("blocked_reason", sa.String(500)),
        sa.Column("name_search", sa.String(600), nullable=False),
        sa.Column("email_norm", sa.String(640)),
        sa.Column("email_key", sa.String(640)),
        sa.Column("domain", sa.String(320)),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("kind", "email_key", name="uq_customers_kind_email_key"),
        sa.UniqueConstraint("number", name="uq_customers_number"),
    )
    op.create_index("ix_customers_domain", "customers", ["domain"])
    op.create_index("ix_customers_email_norm", "customers", ["email_norm"])
    op.create_index("ix_customers_list_created", "customers", ["is_archived", "created_at", "id"])
    op.create_index("ix_customers_list_industry", "customers", ["industry", "created_at", "id"])
    op.create_index("ix_customers_list_name", "customers", ["is_archived", "name_search", "id"])
    op.create_index("ix_customers_list_owner", "customers", ["owner_id", "created_at", "id"])
    op.create_index("ix_customers_list_status", "customers", ["is_archived", "status", "created_at", "id"])
    op.create_index("ix_customers_list_team", "customers", ["team_id", "created_at", "id"])
    op.create_index("ix_customers_list_updated", "customers", ["is_archived", "updated_at", "id"])
    op.create_index("ix_customers_phone", "customers", ["phone"])


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("organization_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("job_title", sa.String(100)),
        sa.Column("department", sa.String(100)),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["customers.id"], name="fk_contacts_organization_id"),
        sa.ForeignKeyConstraint(["person_id"], ["customers.id"], name="fk_contacts_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("organization_id", "person_id", name="uq_contacts_organization_id_person_id"),
    )
    op.create_index("ix_contacts_person_id", "contacts", ["person_id"])
    op.create_index(
        "uq_contacts_primary",
        "contacts",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("is_primary"),
        sqlite_where=sa.text("is_primary"),
    )


def _create_external_ids() -> None:
    op.create_table(
        "external_ids",
        sa.Column("system", sa.String(60), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_external_ids_customer_id"),
        sa.PrimaryKeyConstraint("system", "external_id", name="pk_external_ids"),
        sa.UniqueConstraint("customer_id", "system", name="uq_external_ids_customer_id_system"),
    )


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("customer_id", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("pinned_at", UtcDateTime()),
        sa.Column("author_id", sa.String(40)),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_notes_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_page", "notes", ["customer_id", "is_pinned", "created_at"])


def _create_activities() -> None:
    op.create_table(
        "activities",
        sa.Column("customer_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("body", sa.Text()),
        sa.Column("duration_minutes", sa.Integer()),
        sa.Column("outcome", sa.String(20)),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("author_id", sa.String(40)),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_activities_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_activities"),
    )
    op.create_index("ix_activities_page", "activities", ["customer_id", "occurred_at"])


def _create_timeline_entries() -> None:
    op.create_table(
        "timeline_entries",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("source_event", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(40)),
        sa.Column("contact_id", sa.String(40)),
        sa.Column("case_id", sa.String(40)),
        sa.Column("order_id", sa.String(40)),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("sentence", sa.String(500), nullable=False),
        sa.Column("names_actor", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text()),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.String(40)),
        sa.Column("subject_type", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.String(40), nullable=False),
        sa.Column("subject_number", sa.String(20)),
        sa.Column("data", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timeline_entries"),
        sa.UniqueConstraint("source_event", name="uq_timeline_entries_source_event"),
    )
    op.create_index("ix_timeline_entries_case_id", "timeline_entries", ["case_id"])
    op.create_index("ix_timeline_entries_contact_page", "timeline_entries", ["contact_id", "at", "source_event"])
    op.create_index("ix_timeline_entries_order_id", "timeline_entries", ["order_id"])
    op.create_index("ix_timeline_entries_page", "timeline_entries", ["customer_id", "at", "source_event"])


def _create_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("form_key", sa.String(100), nullable=False),
        sa.Column("customer_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("organization_id", sa.String(40)),
        sa.Column("was_created", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(300)),
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
    )
    op.create_index("ix_submissions_customer_id", "submissions", ["customer_id"])
    op.create_index("ix_submissions_person_id", "submissions", ["person_id"])


def _create_balance_facts() -> None:
    op.create_table(
        "balance_facts",
        sa.Column("customer_id", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total_value_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("last_order_at", UtcDateTime()),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "currency", name="pk_balance_facts"),
    )


def _create_case_facts() -> None:
    op.create_table(
        "case_facts",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.String(40)),
        sa.Column("contact_id", sa.String(40)),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_facts"),
    )
    op.create_index("ix_case_facts_contact_id", "case_facts", ["contact_id"])
    op.create_index("ix_case_facts_customer_id_is_open", "case_facts", ["customer_id", "is_open"])


def _create_customer_facts() -> None:
    op.create_table(
        "customer_facts",
        sa.Column("customer_id", sa.String(40), nullable=False),
        sa.Column("total_value_minor", sa.BigInteger()),
        sa.Column("open_balance_minor", sa.BigInteger()),
        sa.Column("currency", sa.String(3)),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("open_cases", sa.Integer(), nullable=False),
        sa.Column("last_order_at", UtcDateTime()),
        sa.Column("last_interaction_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customer_facts"),
    )


def _create_order_facts() -> None:
    op.create_table(
        "order_facts",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("customer_id", sa.String(40), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_order_facts"),
    )
    op.create_index("ix_order_facts_customer_id", "order_facts", ["customer_id"])


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
