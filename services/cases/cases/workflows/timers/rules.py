"""When a step starts, reminds and escalates: moments computed once, when the step is entered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.workflows.definitions.rules import StepSpec


class TimerKind(StrEnum):
    START = "start"
    REMIND = "remind"
    ESCALATE = "escalate"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """`level` is the place in the definition, from 1: with the step and the kind it names a timer once and for all."""

    kind: TimerKind
    level: int
    fire_at: datetime


def due_at(step: StepSpec, entered_at: datetime) -> datetime | None:
    return entered_at + step.due if step.due is not None else None


def moments(step: StepSpec, entered_at: datetime) -> list[Moment]:
    """A step without a due time has neither reminders nor escalations."""
    found = []
    if step.start_after:
        found.append(Moment(kind=TimerKind.START, level=1, fire_at=entered_at + step.start_after))
    due = due_at(step, entered_at)
    if due is None:
        return found
    for level, before in enumerate(step.reminders, start=1):
        found.append(Moment(kind=TimerKind.REMIND, level=level, fire_at=due - before))
    for level, escalation in enumerate(step.escalations, start=1):
        found.append(Moment(kind=TimerKind.ESCALATE, level=level, fire_at=due + escalation.after_due))
    return found
