"""The members that several events about runs and steps share."""

from datetime import datetime
from typing import TypedDict

from cases.workflows.runs.models import WorkflowRun, WorkItem


class RunFields(TypedDict):
    """Members of every event about a run."""

    run_id: str
    case_id: str
    case_number: str
    customer_id: str | None
    workflow_key: str
    workflow_name: str
    version: int


class StepFields(TypedDict):
    """Members of every event about a step and the decision in it."""

    run_id: str
    step_id: str
    step_key: str
    step_name: str
    step_kind: str
    work_item_id: str
    case_id: str
    case_number: str
    customer_id: str | None


class StepEventFields(StepFields):
    """Members of every event that reaches the people of a step."""

    iteration: int
    case_subject: str
    user_ids: tuple[str, ...]
    due_at: datetime | None
    instructions: str | None


def run_fields(run: WorkflowRun) -> RunFields:
    return RunFields(
        run_id=run.id,
        case_id=run.subject_id,
        case_number=run.subject_number,
        customer_id=run.customer_id,
        workflow_key=run.published.key,
        workflow_name=run.published.name,
        version=run.published.number,
    )


def step_fields(item: WorkItem) -> StepFields:
    step, run = item.step, item.step.run
    return StepFields(
        run_id=run.id,
        step_id=step.id,
        step_key=step.key,
        step_name=step.name,
        step_kind=step.kind,
        work_item_id=item.id,
        case_id=run.subject_id,
        case_number=run.subject_number,
        customer_id=run.customer_id,
    )


def step_event_fields(item: WorkItem) -> StepEventFields:
    """`user_ids`: whoever claimed the item, alone; until then everybody who may claim it."""
    return StepEventFields(
        **step_fields(item),
        iteration=item.step.iteration,
        case_subject=item.step.run.subject_title,
        user_ids=(item.assignee_id,) if item.assignee_id else tuple(item.candidate_ids),
        due_at=item.due_at,
        instructions=item.step.spec.instructions,
    )
