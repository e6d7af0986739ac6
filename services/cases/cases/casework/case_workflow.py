"""A case and its workflow together: which one leads it, starting it, and what closing does to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from cases.casework.actions import move_case, must_be_open_to_work, subject_of
from cases.casework.models import Case, CaseType
from cases.casework.queries import CASE
from cases.casework.rules import CaseStatus
from cases.workflows.definitions.queries import startable
from cases.workflows.items.rules import UNDECIDED
from cases.workflows.runs.actions import cancel_run, start_run
from cases.workflows.runs.models import WorkflowDefinition, WorkflowRun
from cases.workflows.runs.queries import latest_run, live_run_id, lock_run
from servicekit.errors import Conflict, one_field


class WorkflowStillRunning(Conflict):
    """People still have something to do in this case; the answer lists it."""


def workflow_for(
    session: Session, *, chosen: str | None, is_chosen: bool, type_: CaseType
) -> WorkflowDefinition | None:
    """The workflow that the caller chose (also none), else the case type's own, if it is published."""
    if not is_chosen:
        return startable(session, type_.default_workflow) if type_.default_workflow else None
    return must_be_startable(session, chosen) if chosen else None


def must_be_startable(session: Session, key: str, *, pointer: str = "/workflow") -> WorkflowDefinition:
    definition = startable(session, key)
    if definition is None:
        raise one_field(pointer, "unknown_workflow", f"There is no published workflow “{key}”.")
    return definition


def start_workflow(
    session: Session, case: Case, definition: WorkflowDefinition, *, cause: str, by: str | None, now: datetime
) -> WorkflowRun:
    """Start it on an open case; the same cause starts it once."""
    must_be_open_to_work(session, case.customer_id)
    if not case.is_open:
        raise Conflict(f"The case is {case.status}. Reopen it first.")
    return start_run(session, definition=definition, subject=subject_of(case), cause=cause, by=by, now=now)


def current_run(session: Session, case: Case) -> WorkflowRun | None:
    return latest_run(session, CASE, case.id)


def transition_case(session: Session, case: Case, *, wanted: Mapping[str, Any], by: str | None, now: datetime) -> Case:
    """Move a case by hand. Closing is refused while people have work in it, unless that is cancelled with it."""
    to = CaseStatus(wanted["status"])
    must_be_open_to_work(session, case.customer_id)
    if to is CaseStatus.CLOSED:
        _end_workflow(session, case, wanted, by=by, now=now)
    return move_case(session, case, to=to, by=by, now=now, outcome=wanted["outcome"], reason=wanted["note"])


def _end_workflow(session: Session, case: Case, wanted: Mapping[str, Any], *, by: str | None, now: datetime) -> None:
    run_id = live_run_id(session, CASE, case.id)
    if run_id is None:
        return
    run = lock_run(session, run_id)
    if not wanted["cancel_workflow"]:
        items = [
            {"id": item.id, "step": step.name, "assignee_id": item.assignee_id}
            for step in run.steps
            for item in step.items
            if item.state in UNDECIDED
        ]
        detail = f"The workflow “{run.published.name}” is not finished. Finish it, or send cancel_workflow."
        raise WorkflowStillRunning(detail, work_items=items)
    cancel_run(session, run, reason=wanted["note"] or "The case was closed.", by=by, now=now)
