"""How work items are filtered, sorted and searched."""

from datetime import UTC, datetime

from marshmallow import fields, validate
from sqlalchemy import func, literal, true

from cases.workflows.items import queries
from cases.workflows.runs.models import Step, WorkflowRun, WorkItem
from cases.workflows.runs.rules import ItemState
from servicekit.database.types import UtcDateTime
from servicekit.http.filters import Filter, instant, integer, text
from servicekit.http.listing import Listing

_NEVER = literal(datetime(9999, 12, 31, tzinfo=UTC), UtcDateTime)

# Whose items: the view narrows to the caller's, because a filter alone does not know who is asking.
_MINE = Filter(column=true(), operators={"": lambda: fields.Boolean(validate=validate.OneOf([True]))})

WORK_ITEMS = Listing(
    id=WorkItem.id,
    filters={
        "mine": _MINE,
        "state": text(WorkItem.state, choices=ItemState),
        "case_id": text(WorkflowRun.subject_id),
        "customer_id": text(WorkflowRun.customer_id, nullable=True),
        "run_id": text(Step.run_id),
        "step_kind": text(Step.kind),
        "assignee_id": text(WorkItem.assignee_id, nullable=True),
        "due_at": instant(WorkItem.due_at),
        "escalation_level": integer(WorkItem.escalation_level),
    },
    sorts={"due_at": func.coalesce(WorkItem.due_at, _NEVER), "created_at": WorkItem.created_at},
    default_sort="due_at",
    search=queries.matches,
)
