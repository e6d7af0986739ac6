"""The local copies, cases, web forms, and workflows as they are written and as they happen."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from servicekit.database.numbers import create_series
from servicekit.database.types import Json, UtcDateTime
from servicekit.ids import new_id

revision = "0001"
down_revision = None

_RUNNING = sa.text("status = 'running'")
_PENDING = sa.text("fired_at IS NULL AND dropped_at IS NULL")
_SEARCHED = (("cases", "number"), ("cases", "subject"), ("known_customers", "name"))


def upgrade() -> None:
    """Create them, with the one case type that is always there; on PostgreSQL also the series of case numbers."""
    _create_case_types()
    _create_cases()
    _create_known_customers()
    _create_known_users()
    _create_web_forms()
    _create_workflow_definitions()
    _create_case_history()
    _create_case_messages()
    _create_form_submissions()
    _create_known_user_roles()
    _create_known_user_teams()
    _create_workflow_versions()
    _create_workflow_runs()
    _create_workflow_steps()
    _create_work_items()
    _create_workflow_timers()
    _create_work_item_candidates()
    _add_general_type()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(create_series("case"))
        _create_search_indexes()


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
    ]


def _create_case_types() -> None:
    op.create_table(
        "case_types",
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("default_workflow", sa.String(60)),
        *_versioned(),
        sa.PrimaryKeyConstraint("id", name="pk_case_types"),
        sa.UniqueConstraint("key", name="uq_case_types_key"),
    )


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("customer_id", sa.String(40)),
        sa.Column("contact_id", sa.String(40)),
        sa.Column("owner_id", sa.String(40)),
        sa.Column("team_id", sa.String(40)),
        sa.Column("custom", Json, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("form_key", sa.String(60)),
        sa.Column("submission_id", sa.String(40)),
        sa.Column("outcome", sa.String(100)),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("first_response_at", UtcDateTime()),
        sa.Column("resolved_at", UtcDateTime()),
        sa.Column("closed_at", UtcDateTime()),
        *_versioned(),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("number", name="uq_cases_number"),
        sa.UniqueConstraint("submission_id", name="uq_cases_submission_id"),
    )
    op.create_index("ix_cases_contact_id", "cases", ["contact_id"])
    op.create_index("ix_cases_created_at_id", "cases", ["created_at", "id"])
    op.create_index("ix_cases_customer_id_created_at_id", "cases", ["customer_id", "created_at", "id"])
    op.create_index("ix_cases_opened_at_id", "cases", ["opened_at", "id"])
    op.create_index("ix_cases_owner_id_created_at_id", "cases", ["owner_id", "created_at", "id"])
    op.create_index("ix_cases_status_created_at_id", "cases", ["status", "created_at", "id"])
    op.create_index("ix_cases_subject_id", "cases", ["subject", "id"])
    op.create_index("ix_cases_team_id_created_at_id", "cases", ["team_id", "created_at", "id"])
    op.create_index("ix_cases_type_created_at_id", "cases", ["type", "created_at", "id"])
    op.create_index("ix_cases_updated_at_id", "cases", ["updated_at", "id"])


def _create_known_customers() -> None:
    op.create_table(
        "known_customers",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.String(40)),
        sa.Column("team_id", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_known_customers"),
    )
    op.create_index("ix_known_customers_name", "known_customers", ["name"])


def _create_known_users() -> None:
    op.create_table(
        "known_users",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("manager_id", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_known_users"),
    )


def _create_web_forms() -> None:
    op.create_table(
        "web_forms",
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("case_type", sa.String(60), nullable=False),
        sa.Column("workflow", sa.String(60)),
        sa.Column("return_url", sa.String(2000)),
        sa.Column("autoresponder", Json),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        *_versioned(),
        sa.PrimaryKeyConstraint("id", name="pk_web_forms"),
        sa.UniqueConstraint("key", name="uq_web_forms_key"),
    )


def _create_workflow_definitions() -> None:
    op.create_table(
        "workflow_definitions",
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("entity_type", sa.String(40), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("steps", Json, nullable=False),
        sa.Column("published_id", sa.String(40)),
        *_versioned(),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_definitions"),
        sa.UniqueConstraint("key", name="uq_workflow_definitions_key"),
    )


def _create_case_history() -> None:
    op.create_table(
        "case_history",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.String(40)),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_history_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_history"),
    )
    op.create_index("ix_case_history_case_id_at_id", "case_history", ["case_id", "at", "id"])


def _create_case_messages() -> None:
    op.create_table(
        "case_messages",
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(10), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(40)),
        sa.Column("author_name", sa.String(300)),
        *_versioned(),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_messages_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_messages"),
    )
    op.create_index("ix_case_messages_case_id_created_at_id", "case_messages", ["case_id", "created_at", "id"])


def _create_form_submissions() -> None:
    op.create_table(
        "form_submissions",
        sa.Column("form_id", sa.String(40), nullable=False),
        sa.Column("case_id", sa.String(40), nullable=False),
        sa.Column("case_number", sa.String(20), nullable=False),
        sa.Column("answers", Json, nullable=False),
        *_versioned(),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_form_submissions_case_id"),
        sa.ForeignKeyConstraint(["form_id"], ["web_forms.id"], name="fk_form_submissions_form_id"),
        sa.PrimaryKeyConstraint("id", name="pk_form_submissions"),
        sa.UniqueConstraint("case_id", name="uq_form_submissions_case_id"),
    )
    op.create_index("ix_form_submissions_form_id_created_at_id", "form_submissions", ["form_id", "created_at", "id"])


def _create_known_user_roles() -> None:
    op.create_table(
        "known_user_roles",
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("role", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["known_users.id"], name="fk_known_user_roles_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_known_user_roles"),
    )
    op.create_index("ix_known_user_roles_role", "known_user_roles", ["role"])


def _create_known_user_teams() -> None:
    op.create_table(
        "known_user_teams",
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("team_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["known_users.id"], name="fk_known_user_teams_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "team_id", name="pk_known_user_teams"),
    )
    op.create_index("ix_known_user_teams_team_id", "known_user_teams", ["team_id"])


def _create_workflow_versions() -> None:
    op.create_table(
        "workflow_versions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("definition_id", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("graph", Json, nullable=False),
        sa.Column("checksum", sa.String(64), nullable=False),
        sa.Column("published_by", sa.String(40)),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["workflow_definitions.id"], name="fk_workflow_versions_definition_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_versions"),
        sa.UniqueConstraint("definition_id", "number", name="uq_workflow_versions_definition_id_number"),
    )


def _create_workflow_runs() -> None:
    op.create_table(
        "workflow_runs",
        sa.Column("version_id", sa.String(40), nullable=False),
        sa.Column("subject_type", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(40), nullable=False),
        sa.Column("subject_number", sa.String(20), nullable=False),
        sa.Column("subject_title", sa.String(300), nullable=False),
        sa.Column("customer_id", sa.String(40)),
        sa.Column("owner_id", sa.String(40)),
        sa.Column("team_id", sa.String(40)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("started_by", sa.String(40)),
        sa.Column("start_key", sa.String(120), nullable=False),
        sa.Column("activations", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(60)),
        sa.Column("reason", sa.String(500)),
        sa.Column("ended_at", UtcDateTime()),
        *_versioned(),
        sa.ForeignKeyConstraint(["version_id"], ["workflow_versions.id"], name="fk_workflow_runs_version_id"),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_runs"),
        sa.UniqueConstraint("start_key", name="uq_workflow_runs_start_key"),
    )
    op.create_index("ix_workflow_runs_created_at_id", "workflow_runs", ["created_at", "id"])
    op.create_index("ix_workflow_runs_customer_id", "workflow_runs", ["customer_id"])
    op.create_index("ix_workflow_runs_subject", "workflow_runs", ["subject_type", "subject_id"])
    op.create_index(
        "uq_workflow_runs_running",
        "workflow_runs",
        ["subject_type", "subject_id"],
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    )


def _create_workflow_steps() -> None:
    op.create_table(
        "workflow_steps",
        sa.Column("run_id", sa.String(40), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("iteration", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("activated_at", UtcDateTime()),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("outcome", sa.String(60)),
        *_versioned(),
        sa.ForeignKeyConstraint(["run_id"], ["workflow_runs.id"], name="fk_workflow_steps_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_steps"),
        sa.UniqueConstraint("run_id", "key", "iteration", name="uq_workflow_steps_run_id_key_iteration"),
    )
    op.create_index("ix_workflow_steps_run_id", "workflow_steps", ["run_id"])


def _create_work_items() -> None:
    op.create_table(
        "work_items",
        sa.Column("step_id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("assignee_id", sa.String(40)),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(60)),
        sa.Column("note", sa.Text()),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_at", UtcDateTime()),
        *_versioned(),
        sa.ForeignKeyConstraint(["step_id"], ["workflow_steps.id"], name="fk_work_items_step_id"),
        sa.PrimaryKeyConstraint("id", name="pk_work_items"),
    )
    op.create_index("ix_work_items_assignee_id", "work_items", ["assignee_id"])
    op.create_index("ix_work_items_created_at_id", "work_items", ["created_at", "id"])
    op.create_index("ix_work_items_decided_by", "work_items", ["decided_by"])
    op.create_index("ix_work_items_state_due_at", "work_items", ["state", "due_at"])
    op.create_index("ix_work_items_step_id", "work_items", ["step_id"])


def _create_workflow_timers() -> None:
    op.create_table(
        "workflow_timers",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("step_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("fire_at", UtcDateTime(), nullable=False),
        sa.Column("fired_at", UtcDateTime()),
        sa.Column("dropped_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["step_id"], ["workflow_steps.id"], name="fk_workflow_timers_step_id"),
        sa.PrimaryKeyConstraint("id", name="pk_workflow_timers"),
        sa.UniqueConstraint("step_id", "kind", "level", name="uq_workflow_timers_step_id_kind_level"),
    )
    op.create_index(
        "ix_workflow_timers_pending",
        "workflow_timers",
        ["fire_at"],
        unique=False,
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )


def _create_work_item_candidates() -> None:
    op.create_table(
        "work_item_candidates",
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("via", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["work_items.id"], name="fk_work_item_candidates_item_id"),
        sa.PrimaryKeyConstraint("item_id", "user_id", name="pk_work_item_candidates"),
    )
    op.create_index("ix_work_item_candidates_user_id", "work_item_candidates", ["user_id"])
    # ### end Alembic commands ###


def _add_general_type() -> None:
    now = datetime.now(UTC)
    case_types = sa.table("case_types", *_versioned(), sa.column("key"), sa.column("name"))
    row = {"id": new_id("cty"), "key": "general", "name": "General", "version": 1, "created_at": now, "updated_at": now}
    op.bulk_insert(case_types, [row])


def _create_search_indexes() -> None:
    """Fragments are found by trigrams, where the server has them and this role may switch them on."""
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except DBAPIError:
        return
    for table, column in _SEARCHED:
        op.execute(f"CREATE INDEX ix_{table}_{column}_fragments ON {table} USING gin (lower({column}) gin_trgm_ops)")
