"""Reading work items: those a caller may see, and one locked for a change."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, with_expression
from sqlalchemy.orm.attributes import set_committed_value

from cases.projections.queries import find_user, has_customer_named
from cases.workflows.runs.models import Step, WorkflowRun, WorkItem
from cases.workflows.runs.queries import items_of_user, lock_run
from cases.workflows.runs.rules import UNDECIDED
from servicekit.auth import Principal, Scope, visible
from servicekit.errors import NotFound

_S = TypeVar("_S", bound=Select[Any])


def visible_items(principal: Principal, *, now: datetime) -> Select[WorkItem]:
    """Items that the caller may take or has taken, and those of subjects in the caller's scope; all that is shown."""
    return _narrowed(_items(now), principal)


def get_work_item(session: Session, item_id: str, principal: Principal, *, now: datetime) -> WorkItem:
    """Raises NotFound, also for an item that the caller may not know of."""
    item = session.scalars(visible_items(principal, now=now).where(WorkItem.id == item_id)).one_or_none()
    if item is None:
        raise _not_found()
    return item


def lock_work_item(session: Session, item_id: str, principal: Principal, *, now: datetime) -> WorkItem:
    """The item as it is once nobody else is changing its run; two decisions at once come here one after the other."""
    of_item = select(Step.run_id).select_from(WorkItem).join(WorkItem.step).join(Step.run)
    run_id = session.scalars(_narrowed(of_item, principal).where(WorkItem.id == item_id)).one_or_none()
    if run_id is None:
        raise _not_found()
    lock_run(session, run_id)
    locked = _items(now).where(WorkItem.id == item_id).execution_options(populate_existing=True)
    return session.scalars(locked).one()


def load_names(session: Session, item: WorkItem) -> WorkItem:
    """After a change, what an answer shows beside the item: who has taken it and who has decided it."""
    set_committed_value(item, "assignee", find_user(session, item.assignee_id))
    set_committed_value(item, "decider", find_user(session, item.decided_by))
    return item


def matches(text: str) -> ColumnElement[bool]:
    """Search: the number or title of the subject, the step, or the customer's name."""
    return or_(
        WorkflowRun.subject_number.icontains(text, autoescape=True),
        WorkflowRun.subject_title.icontains(text, autoescape=True),
        Step.name.icontains(text, autoescape=True),
        has_customer_named(WorkflowRun.customer_id, text),
    )


def _not_found() -> NotFound:
    return NotFound("There is no such work item, or it is not yours.")


def _narrowed(items: _S, principal: Principal) -> _S:
    if principal.scope is Scope.ALL:
        return items
    scoped = visible(select(WorkflowRun.id), principal, owner=WorkflowRun.owner_id, team=WorkflowRun.team_id)
    return items.where(or_(WorkflowRun.id.in_(scoped), WorkItem.id.in_(items_of_user(principal.id))))


def _items(now: datetime) -> Select[WorkItem]:
    is_past_due = and_(WorkItem.state.in_(UNDECIDED), WorkItem.due_at.is_not(None), WorkItem.due_at < now)
    run = contains_eager(WorkItem.step).contains_eager(Step.run)
    return (
        select(WorkItem)
        .join(WorkItem.step)
        .join(Step.run)
        .options(
            run.joinedload(WorkflowRun.customer),
            joinedload(WorkItem.assignee),
            joinedload(WorkItem.decider),
            with_expression(WorkItem.is_past_due, is_past_due),
        )
    )
