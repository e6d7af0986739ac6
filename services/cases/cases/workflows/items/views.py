"""Work items over HTTP: my list, one of them, take it, decide it."""

from sqlalchemy import Select

from cases.workflows.items import actions, queries
from cases.workflows.items.listing import WORK_ITEMS
from cases.workflows.items.schemas import DecisionCreate, WorkItemRead
from cases.workflows.runs.models import WorkItem
from cases.workflows.runs.queries import items_of_user
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("work-items")


@routes.page("/work-items", needs="cases:read", listing=WORK_ITEMS, returns=WorkItemRead)
def list_work_items(call: Call) -> Select[WorkItem]:
    """List work items.

    `mine=true`: those that the caller may take, has taken or has decided. What is due first comes first.
    """
    items = queries.visible_items(call.principal, now=call.now)
    return items.where(WorkItem.id.in_(items_of_user(call.principal.id))) if call.query.get("mine") else items


@routes.get("/work-items/<id>", needs="cases:read", returns=WorkItemRead)
def get_work_item(call: Call, id: str) -> WorkItem:
    """Show a work item."""
    return queries.get_work_item(call.session, id, call.principal, now=call.now)


@routes.action("/work-items/<id>:claim", needs="work_items:decide", returns=WorkItemRead)
def claim_work_item(call: Call, id: str) -> WorkItem:
    """Take a work item, so that the others know; taking one's own again changes nothing."""
    item = queries.lock_work_item(call.session, id, call.principal, now=call.now)
    call.check_version(item)
    return queries.load_names(call.session, actions.claim_item(call.session, item, by=call.by))


@routes.action("/work-items/<id>:decide", needs="work_items:decide", body=DecisionCreate, returns=WorkItemRead)
def decide_work_item(call: Call, id: str) -> WorkItem:
    """Complete a task or decide an approval.

    A second decision is refused with who decided and when.
    """
    item = queries.lock_work_item(call.session, id, call.principal, now=call.now)
    call.check_version(item)
    return queries.load_names(call.session, actions.decide_item(call.session, item, by=call.by, **call.body))
