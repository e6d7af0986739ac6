"""How a run moves: its states, and what the decisions taken so far mean for the step they were taken in."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from cases.workflows.definitions.rules import REJECT, Distribution, StepSpec

MAX_ACTIVATIONS = 200
"""A run that was sent round this often is stopped: somebody should look at it."""


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


def settled_outcome(step: StepSpec, decisions: Sequence[str], undecided: int) -> str | None:
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


def may_enter_another_step(activations: int) -> bool:
    return activations < MAX_ACTIVATIONS
