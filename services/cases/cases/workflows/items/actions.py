"""Taking and deciding work items. Callers pass an item that they hold (`queries.hold_item`)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from cases.casework.events import StepDecided, WorkItemClaimed
from cases.projections.queries import user_names
from cases.workflows.definitions.rules import StepKind
from cases.workflows.items.queries import WORKFLOWS_ADMIN
from cases.workflows.items.rules import ItemState, is_among, may_take_from, needs_note
from cases.workflows.runs.actions import graph_of, settle_step, touch
from cases.workflows.runs.event_fields import step_words
from cases.workflows.runs.models import WorkItem
from cases.workflows.runs.subjects import kind_of
from servicekit.auth import Principal
from servicekit.errors import Conflict, Forbidden, one_field
from servicekit.messaging.outbox import record


class NotAmongCandidates(Forbidden):
    """The work item was given to others."""


class ClaimedByAnother(Conflict):
    """Somebody else has taken it."""


class AlreadyDecided(Conflict):
    """The decision was taken; the answer says by whom and when."""


class WorkItemWithdrawn(Conflict):
    """The step ended without this work item."""


def claim_item(session: Session, item: WorkItem, *, principal: Principal, now: datetime) -> WorkItem:
    """Take it; taking it twice changes nothing."""
    _must_be_undecided(session, item)
    _must_be_free_for(session, item, principal)
    if item.assignee_id == principal.id:
        return item
    item.assignee_id = principal.id
    item.state = ItemState.CLAIMED
    touch(item, now)
    run = item.step.run
    told = WorkItemClaimed(work_item_id=item.id, step_id=item.step_id, case_id=run.subject_id, user_id=principal.id)
    record(session, told, about=item, at=now)
    _note(session, item, "work_item_claimed", {"step": item.step.name}, by=principal.id, now=now)
    return item


def decide_item(
    session: Session, item: WorkItem, *, outcome: str, note: str | None, principal: Principal, now: datetime
) -> WorkItem:
    """Decide it and, where that settles the step, move the run on: one commit for both."""
    _must_be_undecided(session, item)
    _must_be_free_for(session, item, principal)
    spec = graph_of(item.step.run).step(item.step.key)
    if outcome not in spec.outcomes:
        raise one_field("/outcome", "unknown_outcome", f"Choose one of: {', '.join(spec.outcomes)}.")
    if needs_note(StepKind(item.step.kind), outcome) and not (note or "").strip():
        raise one_field("/note", "required", "Say why, so that the others can go on from there.")
    item.state = ItemState.DECIDED
    item.decision = outcome
    item.note = note
    item.assignee_id = item.assignee_id or principal.id
    item.decided_by = principal.id
    item.decided_at = now
    touch(item, now)
    told = StepDecided(**step_words(item), outcome=outcome, note=note, decided_by=principal.id)
    record(session, told, about=item, at=now)
    detail = {"step": item.step.name, "outcome": outcome, "note": note}
    _note(session, item, "step_decided", detail, by=principal.id, now=now)
    settle_step(session, item.step, by=principal.id, now=now)
    return item


def _must_be_undecided(session: Session, item: WorkItem) -> None:
    if item.state == ItemState.WITHDRAWN:
        raise WorkItemWithdrawn("This is no longer needed: the step has ended.")
    if item.state != ItemState.DECIDED or item.decided_at is None:
        return
    by = user_names(session, [item.decided_by]).get(item.decided_by or "", "Somebody")
    raise AlreadyDecided(
        f"{by} decided this on {item.decided_at:%Y-%m-%d at %H:%M} UTC: {item.decision}.",
        decision=item.decision,
        decided_by=item.decided_by,
        decided_at=item.decided_at.isoformat().replace("+00:00", "Z"),
    )


def _must_be_free_for(session: Session, item: WorkItem, principal: Principal) -> None:
    if principal.can(WORKFLOWS_ADMIN):
        return
    candidates = {candidate.user_id: candidate.via for candidate in item.candidates}
    if not is_among(principal.id, candidates, item.assignee_id):
        raise NotAmongCandidates("This was given to others. Somebody who administers workflows can take it over.")
    if not may_take_from(principal.id, candidates, item.assignee_id):
        name = user_names(session, [item.assignee_id]).get(item.assignee_id or "", "Somebody else")
        raise ClaimedByAnother(f"{name} has taken this.", assignee_id=item.assignee_id)


def _note(
    session: Session, item: WorkItem, kind: str, detail: Mapping[str, object], *, by: str | None, now: datetime
) -> None:
    run = item.step.run
    whole = {"work_item_id": item.id, **detail}
    kind_of(run.subject_type).note(session, run.subject_id, kind=kind, detail=whole, by=by, now=now)
