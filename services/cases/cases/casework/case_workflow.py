"""A case and its workflow: which one a new case starts, starting one by hand, and what closing does to it."""

from sqlalchemy.orm import Session

from cases.case_types.models import CaseType
from cases.casework.models import Case
from cases.casework.queries import CASE
from cases.casework.rules import ChosenWorkflow, UsualWorkflow
from cases.workflows.definitions.models import WorkflowDefinition
from cases.workflows.definitions.queries import startable_definitions
from cases.workflows.runs.actions import cancel_run
from cases.workflows.runs.queries import find_live_run_id, lock_run
from cases.workflows.runs.subjects import Subject
from servicekit.actor import Actor
from servicekit.errors import Conflict, one_field


class WorkflowAlreadyRunning(Conflict):
    """A case has at most one workflow that is running."""


class WorkflowStillRunning(Conflict):
    """People still have something to do in this case; the answer lists it."""


def choose_workflow(
    session: Session, choice: ChosenWorkflow | UsualWorkflow, case_type: CaseType
) -> WorkflowDefinition | None:
    """The workflow that a new case starts; None where it starts none. A chosen one that cannot start is refused."""
    if isinstance(choice, ChosenWorkflow):
        return None if choice.key is None else resolve_startable(session, choice.key)
    keys = [key for key in (choice.preferred, case_type.default_workflow) if key is not None]
    return next(iter(startable_definitions(session, keys)), None)


def resolve_startable(session: Session, id_or_key: str) -> WorkflowDefinition:
    """The published workflow that a body names; a wrong name is the field's error."""
    found = startable_definitions(session, [id_or_key])
    if not found:
        raise one_field("/workflow", "unknown_workflow", f"There is no published workflow “{id_or_key}”.")
    return found[0]


def must_have_no_workflow(session: Session, case: Case) -> None:
    """Refuse a second one while one is running."""
    if find_live_run_id(session, CASE, case.id) is not None:
        raise WorkflowAlreadyRunning(f"A workflow is already running on {case.number}. Cancel it first.")


def end_workflow(session: Session, case: Case, *, by: Actor, reason: str | None, may_cancel: bool) -> None:
    """Cancel what still runs, before the case is closed; refused with the list of open work items where it may not."""
    run_id = find_live_run_id(session, CASE, case.id)
    if run_id is None:
        return
    run = lock_run(session, run_id)
    if not may_cancel:
        items = [
            {"id": item.id, "step": step.name, "assignee_id": item.assignee_id}
            for step in run.steps
            for item in step.undecided_items
        ]
        detail = f"The workflow “{run.published.name}” is not finished. Finish it, or send cancel_workflow."
        raise WorkflowStillRunning(detail, work_items=items)
    cancel_run(session, run, by=by, reason=reason or "The case was closed.")


def subject_of(case: Case) -> Subject:
    """The case as workflows know it."""
    return Subject(
        type=CASE,
        id=case.id,
        number=case.number,
        title=case.subject,
        customer_id=case.customer_id,
        owner_id=case.owner_id,
        team_id=case.team_id,
    )
