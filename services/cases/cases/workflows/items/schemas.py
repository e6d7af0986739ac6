"""Work items as callers see them, and what they send to take and decide one."""

from typing import Any

from marshmallow import fields, pre_dump, validate
from sqlalchemy.orm import object_session

from cases.projections.queries import customer_names, user_names
from cases.workflows.definitions.rules import Distribution, StepKind
from cases.workflows.items.rules import UNDECIDED, ItemState
from cases.workflows.runs.actions import graph_of
from cases.workflows.runs.models import WorkItem
from servicekit.http.schemas import Instant, Schema


class ItemStepRead(Schema):
    id = fields.String()
    key = fields.String()
    name = fields.String()
    kind = fields.Enum(StepKind, by_value=True)
    iteration = fields.Integer()
    instructions = fields.String(allow_none=True)
    outcomes = fields.List(fields.String())
    distribution = fields.Enum(Distribution, by_value=True)


class ItemCaseRead(Schema):
    id = fields.String()
    number = fields.String()
    subject = fields.String()
    customer_id = fields.String(allow_none=True)
    customer_name = fields.String(allow_none=True)


class WorkItemRead(Schema):
    """What somebody has to do or decide, with the case it belongs to."""

    id = fields.String()
    state = fields.String(validate=validate.OneOf(list(ItemState)))
    step = fields.Nested(ItemStepRead)
    case = fields.Nested(ItemCaseRead)
    run_id = fields.String()
    workflow_name = fields.String()
    assignee_id = fields.String(allow_none=True)
    assignee_name = fields.String(allow_none=True)
    candidate_ids = fields.List(fields.String())
    due_at = Instant(allow_none=True)
    is_overdue = fields.Boolean()
    escalation_level = fields.Integer()
    decision = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_by_name = fields.String(allow_none=True)
    decided_at = Instant(allow_none=True)
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()

    @pre_dump(pass_collection=True)
    def with_names(self, data: Any, *, many: bool, **_options: Any) -> Any:
        """Look the names of a whole page up at once."""
        rows = list(data) if many else [data]
        session = object_session(rows[0]) if rows else None
        if session is None:
            return data
        customers = customer_names(session, (row.step.run.customer_id for row in rows))
        users = user_names(session, (user for row in rows for user in (row.assignee_id, row.decided_by)))
        shown = [item_words(row, customers, users) for row in rows]
        return shown if many else shown[0]


def item_words(item: WorkItem, customers: dict[str, str], users: dict[str, str]) -> dict[str, Any]:
    """One work item with everything a person needs to act on it."""
    step, run = item.step, item.step.run
    spec = graph_of(run).step(step.key)
    return {
        **{name: getattr(item, name) for name in _OWN},
        "is_overdue": bool(item.is_overdue) and item.state in UNDECIDED,
        "step": {
            "id": step.id,
            "key": step.key,
            "name": step.name,
            "kind": spec.kind,
            "iteration": step.iteration,
            "instructions": spec.instructions,
            "outcomes": spec.outcomes,
            "distribution": spec.distribution,
        },
        "case": {
            "id": run.subject_id,
            "number": run.subject_number,
            "subject": run.subject_title,
            "customer_id": run.customer_id,
            "customer_name": customers.get(run.customer_id or ""),
        },
        "run_id": run.id,
        "workflow_name": run.published.name,
        "assignee_name": users.get(item.assignee_id or ""),
        "decided_by_name": users.get(item.decided_by or ""),
        "candidate_ids": [candidate.user_id for candidate in item.candidates],
    }


_OWN = (
    "id",
    "state",
    "assignee_id",
    "due_at",
    "escalation_level",
    "decision",
    "note",
    "decided_by",
    "decided_at",
    "version",
    "created_at",
    "updated_at",
)


class DecisionCreate(Schema):
    """One of the step's outcomes; a rejection needs a note."""

    outcome = fields.String(required=True, validate=validate.Length(min=1, max=60))
    note = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=5000))
