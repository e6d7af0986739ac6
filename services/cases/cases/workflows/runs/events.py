"""The events about runs, and about steps that wait for people."""

from datetime import datetime
from typing import ClassVar

from servicekit.messaging.events import Event


class RunEvent(Event, frozen=True, kw_only=True):
    """What every event about a run carries: which workflow, about which case."""

    run_id: str
    case_id: str
    case_number: str
    customer_id: str | None
    workflow_key: str
    workflow_name: str
    version: int


class WorkflowStarted(RunEvent, frozen=True, kw_only=True):
    """A workflow started on a case."""

    TYPE: ClassVar[str] = "workflow.started.v1"


class WorkflowCompleted(RunEvent, frozen=True, kw_only=True):
    """A workflow reached its end; `outcome` is that of its last step."""

    TYPE: ClassVar[str] = "workflow.completed.v1"

    outcome: str


class WorkflowFailed(RunEvent, frozen=True, kw_only=True):
    """A workflow cannot go on by itself; `reason` is a sentence for the person who looks at it."""

    TYPE: ClassVar[str] = "workflow.failed.v1"

    reason: str


class WorkflowCancelled(RunEvent, frozen=True, kw_only=True):
    """Somebody ended a workflow before its end."""

    TYPE: ClassVar[str] = "workflow.cancelled.v1"

    reason: str | None


class StepEvent(Event, frozen=True, kw_only=True):
    """What every event that reaches people carries: one work item of one step, and whom it concerns at this moment."""

    run_id: str
    step_id: str
    step_key: str
    step_name: str
    step_kind: str
    iteration: int
    work_item_id: str
    case_id: str
    case_number: str
    case_subject: str
    customer_id: str | None
    user_ids: tuple[str, ...]
    due_at: datetime | None
    instructions: str | None


class StepActivated(StepEvent, frozen=True, kw_only=True):
    """A step waits for these people."""

    TYPE: ClassVar[str] = "step.activated.v1"


PUBLISHED: tuple[type[Event], ...] = (
    WorkflowStarted,
    WorkflowCompleted,
    WorkflowFailed,
    WorkflowCancelled,
    StepActivated,
)
