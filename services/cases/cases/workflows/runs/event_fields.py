"""What is told of a run: the parts that several of its events share."""

from datetime import datetime
from typing import TypedDict

from cases.workflows.definitions.rules import StepSpec
from cases.workflows.runs.models import WorkflowRun, WorkItem


class RunWords(TypedDict):
    """Members of every event about a run."""

    run_id: str
    case_id: str
    case_number: str
    customer_id: str | None
    workflow_key: str
    workflow_name: str
    version: int


class StepWords(TypedDict):
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


def run_words(run: WorkflowRun) -> RunWords:
    return RunWords(
        run_id=run.id,
        case_id=run.subject_id,
        case_number=run.subject_number,
        customer_id=run.customer_id,
        workflow_key=run.published.key,
        workflow_name=run.published.name,
        version=run.published.number,
    )


def step_words(item: WorkItem) -> StepWords:
    step, run = item.step, item.step.run
    return StepWords(
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


class MomentWords(StepWords):
    """Members of every event that tells people about their step."""

    iteration: int
    case_subject: str
    user_ids: tuple[str, ...]
    due_at: datetime | None
    instructions: str | None


def moment_words(item: WorkItem, spec: StepSpec) -> MomentWords:
    """Whoever claimed the item is told alone; until then everybody who may claim it is."""
    candidates = tuple(candidate.user_id for candidate in item.candidates)
    return MomentWords(
        **step_words(item),
        iteration=item.step.iteration,
        case_subject=item.step.run.subject_title,
        user_ids=(item.assignee_id,) if item.assignee_id else candidates,
        due_at=item.due_at,
        instructions=spec.instructions,
    )
