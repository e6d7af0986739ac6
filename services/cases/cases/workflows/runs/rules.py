"""How a run moves: its states, what decisions mean for their step, and when the timers of a step fire."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.workflows.definitions.rules import REJECT, Distribution, StepSpec

MAX_ACTIVATIONS = 200
"""A run that entered this many steps is stopped: somebody should look at it."""


class RunStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class StepStatus(StrEnum):
    WAITING = "waiting"
    ACTIVE = "active"
    DONE = "done"
    CANCELLED = "cancelled"


LIVE_STEPS = (StepStatus.WAITING, StepStatus.ACTIVE)


class ItemState(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


UNDECIDED = (ItemState.OPEN, ItemState.CLAIMED)


class TimerKind(StrEnum):
    START = "start"
    REMIND = "remind"
    ESCALATE = "escalate"


def step_outcome(step: StepSpec, decisions: Sequence[str], undecided: int) -> str | None:
    """The outcome of the step, or None while it still waits for people.

    One rejection ends a step that everybody has to decide; otherwise the outcome named most often wins, and of
    equals the one that the definition names first.
    """
    if step.distribution is Distribution.FIRST_CLAIM:
        return decisions[0] if decisions else None
    if REJECT in decisions:
        return REJECT
    if undecided or not decisions:
        return None
    counted = Counter(decisions)
    return max(step.outcomes, key=lambda outcome: (counted[outcome], -step.outcomes.index(outcome)))


def can_enter_another_step(activations: int) -> bool:
    return activations < MAX_ACTIVATIONS


@dataclass(frozen=True, kw_only=True)
class PlannedTimer:
    """`level` is the place in the definition, from 1: with the step and the kind it names a timer once and for all."""

    kind: TimerKind
    level: int
    fire_at: datetime


def due_at(step: StepSpec, entered_at: datetime) -> datetime | None:
    return entered_at + step.due if step.due is not None else None


def planned_timers(step: StepSpec, entered_at: datetime) -> list[PlannedTimer]:
    """A step without a due time has neither reminders nor escalations."""
    found = []
    if step.start_after:
        found.append(PlannedTimer(kind=TimerKind.START, level=1, fire_at=entered_at + step.start_after))
    due = due_at(step, entered_at)
    if due is None:
        return found
    for level, before in enumerate(step.reminders, start=1):
        found.append(PlannedTimer(kind=TimerKind.REMIND, level=level, fire_at=due - before))
    for level, escalation in enumerate(step.escalations, start=1):
        found.append(PlannedTimer(kind=TimerKind.ESCALATE, level=level, fire_at=due + escalation.after_due))
    return found
