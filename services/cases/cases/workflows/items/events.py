"""The events about work items that were taken or decided."""

from typing import ClassVar

from servicekit.messaging.events import Event


class StepDecided(Event, frozen=True, kw_only=True):
    """Somebody finished or decided a work item."""

    TYPE: ClassVar[str] = "step.decided.v1"

    run_id: str
    step_id: str
    step_key: str
    step_name: str
    step_kind: str
    work_item_id: str
    case_id: str
    case_number: str
    customer_id: str | None
    outcome: str
    note: str | None
    decided_by: str


class WorkItemClaimed(Event, frozen=True, kw_only=True):
    """One of several people took a work item."""

    TYPE: ClassVar[str] = "work_item.claimed.v1"

    work_item_id: str
    step_id: str
    case_id: str
    user_id: str


PUBLISHED: tuple[type[Event], ...] = (
    StepDecided,
    WorkItemClaimed,
)
