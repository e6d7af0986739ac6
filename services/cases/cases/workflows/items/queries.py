"""Reading work items: those a caller may see, and one held for a change."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, with_expression

from cases.projections.queries import named_like
from cases.workflows.items.rules import UNDECIDED
from cases.workflows.runs.models import Step, WorkflowRun, WorkItem
from cases.workflows.runs.queries import items_of_user, lock_run
from servicekit.auth import Principal, Scope, visible
from servicekit.errors import NotFound

WORKFLOWS_ADMIN = "workflows:admin"


def visible_items(principal: Principal, *, now: datetime) -> Select[WorkItem]:
    """Items that the caller may take or has taken, and those of subjects in the caller's scope."""
    items = _items(now)
    if principal.scope is Scope.ALL:
        return items
    scoped = visible(select(WorkflowRun.id), principal, owner=WorkflowRun.owner_id, team=WorkflowRun.team_id)
    return items.where(or_(WorkflowRun.id.in_(scoped), WorkItem.id.in_(items_of_user(principal.id))))


def find_item(session: Session, item_id: str, principal: Principal, *, now: datetime) -> WorkItem:
    item = session.scalars(visible_items(principal, now=now).where(WorkItem.id == item_id)).one_or_none()
    if item is None:
        raise NotFound("There is no such work item, or it is not yours.")
    return item


def hold_item(session: Session, item_id: str, principal: Principal, *, now: datetime) -> WorkItem:
    """The item as it is once nobody else is changing its run; two decisions at once come here one after the other."""
    lock_run(session, find_item(session, item_id, principal, now=now).step.run_id)
    held = _items(now).where(WorkItem.id == item_id).execution_options(populate_existing=True)
    return session.scalars(held).one()


def matches(text: str) -> ColumnElement[bool]:
    """Search: the number or title of the subject, the step, or the customer's name."""
    return or_(
        WorkflowRun.subject_number.icontains(text, autoescape=True),
        WorkflowRun.subject_title.icontains(text, autoescape=True),
        Step.name.icontains(text, autoescape=True),
        named_like(WorkflowRun.customer_id, text),
    )


def _items(now: datetime) -> Select[WorkItem]:
    is_overdue = and_(WorkItem.state.in_(UNDECIDED), WorkItem.due_at.is_not(None), WorkItem.due_at < now)
    return (
        select(WorkItem)
        .join(WorkItem.step)
        .join(Step.run)
        .options(
            contains_eager(WorkItem.step).contains_eager(Step.run),
            with_expression(WorkItem.is_overdue, is_overdue),
        )
    )
