"""What happens to a case: opened, updated, assigned, moved, linked; each is published and entered in its history."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from cases.case_types.queries import resolve_case_type
from cases.casework import rules
from cases.casework.case_workflow import (
    choose_workflow,
    end_workflow,
    must_have_no_workflow,
    resolve_startable,
    subject_of,
)
from cases.casework.events import (
    CaseAssigned,
    CaseClosed,
    CaseLinked,
    CaseOpened,
    CaseReopened,
    CaseState,
    CaseTransitioned,
    CaseUpdated,
)
from cases.casework.models import Case, CaseHistory
from cases.casework.queries import CASE
from cases.casework.rules import CaseStatus, ChosenWorkflow, Origin, Priority, UsualWorkflow
from cases.projections.references import check_contact, check_customer, must_be_active_user, must_be_open_to_work
from cases.workflows.runs.actions import start_run
from cases.workflows.runs.models import WorkflowRun
from cases.workflows.runs.subjects import register_kind, update_runs_of
from servicekit.actor import Actor
from servicekit.database.numbers import next_number
from servicekit.errors import Conflict, one_field
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


class CaseCannotMove(Conflict):
    """There is no way from this status to that one; the answer names the ways there are."""


def open_case(
    session: Session,
    *,
    by: Actor,
    subject: str,
    type: str,
    origin: Origin,
    priority: Priority = Priority.NORMAL,
    workflow: ChosenWorkflow | UsualWorkflow = UsualWorkflow(),  # noqa: B008 - it is frozen
    **more: Any,
) -> Case:
    """Open a case under the next number and start its workflow: the one way to do so, whoever asks.

    `more`: description, customer, contact, owner and team by their ids, custom values, what a form captured.
    """
    definition = choose_workflow(session, workflow, resolve_case_type(session, type, pointer="/type"))
    check_customer(session, more.get("customer_id"), by=by)
    check_contact(session, more.get("contact_id"), of=more.get("customer_id"), by=by)
    must_be_active_user(session, more.get("owner_id"))
    case = Case(
        id=new_id("cas"),
        number=rules.case_number(next_number(session, "case")),
        subject=rules.one_line(subject),
        type=type,
        origin=origin,
        priority=priority,
        status=CaseStatus.NEW,
        opened_at=by.now,
        created_at=by.now,
        updated_at=by.now,
        **{"custom": {}, "answers": [], **more},
    )
    session.add(case)
    session.flush()
    _publish(session, CaseOpened, case, by=by)
    add_history_entry(session, case.id, by=by, kind="opened", detail={"origin": origin, "type": type})
    if definition is not None:
        start_run(session, by=by, definition=definition, subject=subject_of(case), cause="opened")
    return case


def start_workflow(session: Session, case: Case, *, by: Actor, workflow: str) -> WorkflowRun:
    """Start a workflow, by its key or id, on an open case that has none running; a request repeated starts it once."""
    definition = resolve_startable(session, workflow)
    must_be_open_to_work(session, case.customer_id)
    if not case.is_open:
        raise Conflict(f"The case is {case.status}. Reopen it first.")
    must_have_no_workflow(session, case)
    return start_run(session, by=by, definition=definition, subject=subject_of(case), cause=by.cause or "started")


def update_case(session: Session, case: Case, *, by: Actor, changes: Mapping[str, Any]) -> Case:
    """Change fields; those that keep their value are in no event. The customer that a case has is not checked again."""
    if "type" in changes:
        resolve_case_type(session, changes["type"], pointer="/type")
    customer_id = changes.get("customer_id", case.customer_id)
    if customer_id != case.customer_id:
        check_customer(session, customer_id, by=by)
    contact_id = changes.get("contact_id", case.contact_id)
    if contact_id != case.contact_id:
        check_contact(session, contact_id, of=customer_id, by=by)
    must_be_open_to_work(session, case.customer_id)
    wanted = {**changes, **({"subject": rules.one_line(changes["subject"])} if "subject" in changes else {})}
    changed = {name: value for name, value in wanted.items() if getattr(case, name) != value}
    if not changed:
        return case
    before = {name: getattr(case, name) for name in changed}
    _set(session, case, changed, by=by)
    event = CaseLinked if changed.get("customer_id") else CaseUpdated
    _publish(session, event, case, by=by, changed=tuple(changed))
    values = {name: [before[name], changed[name]] for name in changed if name not in {"description", "custom"}}
    detail = {"changed": sorted(changed), **values}
    add_history_entry(session, case.id, by=by, kind="updated", detail=detail)
    return case


def assign_case(session: Session, case: Case, *, by: Actor, owner_id: str | None, team_id: str | None) -> Case:
    """Give the case to a person, a team, or both; nobody may be given it who is not an active user."""
    must_be_open_to_work(session, case.customer_id)
    must_be_active_user(session, owner_id)
    wanted = {"owner_id": owner_id, "team_id": team_id}
    changed = {name: value for name, value in wanted.items() if getattr(case, name) != value}
    if changed:
        _set(session, case, changed, by=by)
        _publish(session, CaseAssigned, case, by=by, changed=tuple(changed))
        add_history_entry(session, case.id, by=by, kind="assigned", detail=wanted)
    return case


def transition_case(
    session: Session,
    case: Case,
    *,
    by: Actor,
    to: CaseStatus,
    outcome: str | None,
    note: str | None,
    cancel_workflow: bool,
) -> Case:
    """Move a case by hand. Closing is refused while people have work in it, unless that is cancelled with it."""
    must_be_open_to_work(session, case.customer_id)
    if to is CaseStatus.CLOSED:
        end_workflow(session, case, by=by, reason=note, may_cancel=cancel_workflow)
    return move_case(session, case, by=by, to=to, outcome=outcome, reason=note)


def move_case(
    session: Session,
    case: Case,
    *,
    by: Actor,
    to: CaseStatus,
    outcome: str | None = None,
    reason: str | None = None,
) -> Case:
    """Another status. Resolving and closing stamp their times, reopening takes them back."""
    before = CaseStatus(case.status)
    if not rules.can_move(before, to):
        raise CaseCannotMove(
            f"A case that is {before} can become {', '.join(case.allowed_statuses)}.",
            current_status=before,
            allowed=case.allowed_statuses,
        )
    if to is CaseStatus.CLOSED and rules.needs_reason_to_close(before, outcome, reason):
        raise one_field("/outcome", "required", "Say how it ended: an outcome or a note.")
    case.status = to
    case.outcome = outcome or (None if rules.is_open(to) else case.outcome)
    case.resolved_at = None if rules.is_open(to) else case.resolved_at or by.now
    case.closed_at = by.now if to is CaseStatus.CLOSED else None
    case.bump(by.now)
    _publish(session, _event_of_move(before, to), case, by=by, changed=("status",), previous_status=before)
    detail = {"from": before, "to": to, "outcome": outcome, "note": reason}
    add_history_entry(session, case.id, by=by, kind="transitioned", detail=detail)
    return case


def link_case(session: Session, case: Case, *, by: Actor, customer_id: str, contact_id: str | None) -> Case:
    """It became known whose case this is. A case that somebody has linked by hand stays as it is."""
    if case.customer_id is not None:
        return case
    _set(session, case, {"customer_id": customer_id, "contact_id": contact_id}, by=by)
    _publish(session, CaseLinked, case, by=by, changed=("customer_id", "contact_id"))
    add_history_entry(session, case.id, by=by, kind="linked", detail={"customer_id": customer_id})
    return case


def add_history_entry(session: Session, case_id: str, *, by: Actor, kind: str, detail: Mapping[str, Any]) -> None:
    """Add an entry to the case's history; its title is made when it is read."""
    session.add(
        CaseHistory(id=new_id("log"), case_id=case_id, at=by.now, actor_id=by.id, kind=kind, detail=dict(detail))
    )


def _set(session: Session, case: Case, changed: Mapping[str, Any], *, by: Actor) -> None:
    for name, value in changed.items():
        setattr(case, name, value)
    case.bump(by.now)
    if not {"subject", "customer_id", "owner_id", "team_id"}.isdisjoint(changed):
        update_runs_of(session, subject_of(case))


def _publish(session: Session, event: type[CaseState], case: Case, *, by: Actor, **facts: Any) -> None:
    record(session, lambda: event(**_event_fields(case), **facts), about=case, at=by.now)


def _event_fields(case: Case) -> dict[str, Any]:
    """The public part of a case, as every event about it carries it."""
    names = ("id", "number", "subject", "type", "origin", "priority", "status", "customer_id", "contact_id")
    more = ("owner_id", "team_id", "is_open", "opened_at", "closed_at", "submission_id")
    return {name: getattr(case, name) for name in (*names, *more)}


def _event_of_move(before: CaseStatus, after: CaseStatus) -> type[CaseState]:
    if after is CaseStatus.CLOSED:
        return CaseClosed
    return CaseReopened if rules.is_reopening(before, after) else CaseTransitioned


class _CasesAsSubjects:
    """Cases as something that workflows run about."""

    def add_history_entry(
        self, session: Session, subject_id: str, *, by: Actor, kind: str, detail: Mapping[str, Any]
    ) -> None:
        add_history_entry(session, subject_id, by=by, kind=kind, detail=detail)

    def on_completed(self, session: Session, subject_id: str, *, by: Actor, outcome: str) -> None:
        """The work is done, so the case is resolved, unless somebody has been quicker."""
        case = session.get_one(Case, subject_id, with_for_update=True)
        if case.is_open:
            move_case(session, case, by=by, to=CaseStatus.RESOLVED, outcome=outcome)


register_kind(CASE, _CasesAsSubjects())
