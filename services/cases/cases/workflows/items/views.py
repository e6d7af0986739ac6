"""Work items over HTTP: my list, one of them, take it, decide it."""

from datetime import UTC, datetime

from marshmallow import fields, validate
from sqlalchemy import Select, func, literal, true

from cases.workflows.items import actions, queries
from cases.workflows.items.rules import ItemState
from cases.workflows.items.schemas import DecisionCreate, WorkItemRead
from cases.workflows.runs.models import Step, WorkflowRun, WorkItem
from cases.workflows.runs.queries import items_of_user
from servicekit.database.types import UtcDateTime
from servicekit.http.call import Call
from servicekit.http.filters import Filter, instant, integer, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("work-items")

_NEVER = literal(datetime(9999, 12, 31, tzinfo=UTC), UtcDateTime)

# Whose items: the view narrows to the caller's, because a filter alone does not know who is asking.
_MINE = Filter(column=true(), operators={"": lambda: fields.Boolean(validate=validate.OneOf([True]))})

ITEMS = Listing(
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


@routes.page("/work-items", needs="cases:read", listing=ITEMS, returns=WorkItemRead)
def list_work_items(call: Call) -> Select[WorkItem]:
    """List work items.

    `mine=true`: those that the caller may take, has taken or has decided. What is due first comes first.
    """
    items = queries.visible_items(call.principal, now=call.now)
    return items.where(WorkItem.id.in_(items_of_user(call.principal.id))) if call.query.get("mine") else items


@routes.get("/work-items/<id>", needs="cases:read", returns=WorkItemRead)
def show_work_item(call: Call, id: str) -> WorkItem:
    """Show a work item."""
    return queries.find_item(call.session, id, call.principal, now=call.now)


@routes.action("/work-items/<id>:claim", needs="work_items:decide", returns=WorkItemRead)
def claim_work_item(call: Call, id: str) -> WorkItem:
    """Take a work item, so that the others know; taking one's own again changes nothing."""
    item = queries.hold_item(call.session, id, call.principal, now=call.now)
    call.check_version(item)
    return actions.claim_item(call.session, item, principal=call.principal, now=call.now)


@routes.action("/work-items/<id>:decide", needs="work_items:decide", body=DecisionCreate, returns=WorkItemRead)
def decide_work_item(call: Call, id: str) -> WorkItem:
    """Complete a task or decide an approval.

    A second decision is refused with who decided and when.
    """
    item = queries.hold_item(call.session, id, call.principal, now=call.now)
    call.check_version(item)
    return actions.decide_item(
        call.session,
        item,
        outcome=call.body["outcome"],
        note=call.body["note"],
        principal=call.principal,
        now=call.now,
    )
