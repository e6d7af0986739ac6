"""The events about steps that are due soon or late."""

from typing import ClassVar

from cases.workflows.runs.events import StepEvent
from servicekit.messaging.events import Event


class StepReminded(StepEvent, frozen=True, kw_only=True):
    """A step that nobody has finished will be due soon, or is `overdue`."""

    TYPE: ClassVar[str] = "step.reminded.v1"

    overdue: bool = False


class StepEscalated(StepEvent, frozen=True, kw_only=True):
    """A step is late; `to_user_ids` were added to those who may finish it."""

    TYPE: ClassVar[str] = "step.escalated.v1"

    level: int
    to_user_ids: tuple[str, ...]


PUBLISHED: tuple[type[Event], ...] = (
    StepReminded,
    StepEscalated,
)
