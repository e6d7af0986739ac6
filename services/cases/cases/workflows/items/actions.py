"""Taking and deciding work items. Callers pass an item that they have locked (`queries.lock_work_item`)."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from cases.workflows.definitions.rules import StepKind
from cases.workflows.items import rules
from cases.workflows.items.events import StepDecided, WorkItemClaimed
from cases.workflows.runs.actions import resolve_step
from cases.workflows.runs.event_fields import step_fields
from cases.workflows.runs.models import WorkItem
from cases.workflows.runs.rules import ItemState
from cases.workflows.runs.subjects import kind_of
from servicekit.actor import Actor
from servicekit.errors import Conflict, Forbidden, one_field
from servicekit.messaging.outbox import record

WORKFLOWS_ADMIN = "workflows:admin"


class NotAmongCandidates(Forbidden):
    """The work item was given to others."""


class ClaimedByAnother(Conflict):
    """Somebody else has taken it."""


class AlreadyDecided(Conflict):
    """The decision was taken; the answer names who took it and when."""


class WorkItemWithdrawn(Conflict):
    """The step ended without this work item."""


def claim_item(session: Session, item: WorkItem, *, by: Actor) -> WorkItem:
    """Take it; taking it twice changes nothing."""
    _must_be_undecided(item)
    user_id = _user_who_may_act(item, by)
    if item.assignee_id == user_id:
        return item
    item.assignee_id = user_id
    item.state = ItemState.CLAIMED
    item.bump(by.now)
    claimed = WorkItemClaimed(
        work_item_id=item.id, step_id=item.step_id, case_id=item.step.run.subject_id, user_id=user_id
    )
    record(session, claimed, about=item, at=by.now)
    _add_history_entry(session, item, by=by, kind="work_item_claimed", detail={"step": item.step.name})
    return item


def decide_item(session: Session, item: WorkItem, *, by: Actor, outcome: str, note: str | None) -> WorkItem:
    """Decide it and, where that gives the step its outcome, move the run on: one commit for both."""
    _must_be_undecided(item)
    user_id = _user_who_may_act(item, by)
    spec = item.step.spec
    if outcome not in spec.outcomes:
        raise one_field("/outcome", "unknown_outcome", f"Choose one of: {', '.join(spec.outcomes)}.")
    if rules.needs_note(StepKind(item.step.kind), outcome) and not (note or "").strip():
        raise one_field("/note", "required", "Say why, so that the others can go on from there.")
    item.state = ItemState.DECIDED
    item.decision = outcome
    item.note = note
    item.assignee_id = item.assignee_id or user_id
    item.decided_by = user_id
    item.decided_at = by.now
    item.bump(by.now)
    decided = StepDecided(**step_fields(item), outcome=outcome, note=note, decided_by=user_id)
    record(session, decided, about=item, at=by.now)
    detail = {"step": item.step.name, "outcome": outcome, "note": note}
    _add_history_entry(session, item, by=by, kind="step_decided", detail=detail)
    resolve_step(session, item.step, by=by)
    return item


def _must_be_undecided(item: WorkItem) -> None:
    if item.state == ItemState.WITHDRAWN:
        raise WorkItemWithdrawn("This is no longer needed: the step has ended.")
    if item.state != ItemState.DECIDED or item.decided_at is None:
        return
    who = item.decided_by_name or "Somebody"
    raise AlreadyDecided(
        f"{who} decided this on {item.decided_at:%Y-%m-%d at %H:%M} UTC: {item.decision}.",
        decision=item.decision,
        decided_by=item.decided_by,
        decided_at=item.decided_at.isoformat().replace("+00:00", "Z"),
    )


def _user_who_may_act(item: WorkItem, by: Actor) -> str:
    """The id of the actor, who is a candidate or administers workflows; nobody decides in the name of the system."""
    candidates = {candidate.user_id: candidate.via for candidate in item.candidates}
    is_admin = by.principal is not None and by.principal.can(WORKFLOWS_ADMIN)
    if by.id is None or not (is_admin or rules.is_among(by.id, candidates, item.assignee_id)):
        raise NotAmongCandidates("This was given to others. Somebody who administers workflows can take it over.")
    if not (is_admin or rules.can_take_from(by.id, candidates, item.assignee_id)):
        raise ClaimedByAnother(f"{item.assignee_name or 'Somebody else'} has taken this.", assignee_id=item.assignee_id)
    return by.id


def _add_history_entry(session: Session, item: WorkItem, *, by: Actor, kind: str, detail: Mapping[str, object]) -> None:
    run = item.step.run
    whole = {"work_item_id": item.id, **detail}
    kind_of(run).add_history_entry(session, run.subject_id, by=by, kind=kind, detail=whole)
