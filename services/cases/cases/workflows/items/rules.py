"""Who may take and decide a work item, and what a decision must carry."""

from collections.abc import Mapping

from cases.workflows.definitions.rules import REJECT, StepKind

VIA_ESCALATION = "escalation"


def is_among(user_id: str, candidates: Mapping[str, str], assignee_id: str | None) -> bool:
    """`candidates`: user id → through which selector they are one."""
    return user_id == assignee_id or user_id in candidates


def can_take_from(user_id: str, candidates: Mapping[str, str], assignee_id: str | None) -> bool:
    """A claimed item belongs to whoever claimed it, until it has escalated to somebody."""
    if assignee_id is None or assignee_id == user_id:
        return True
    return candidates.get(user_id, "").startswith(VIA_ESCALATION)


def needs_note(kind: StepKind, outcome: str) -> bool:
    """Nobody is turned down without a reason."""
    return kind is StepKind.APPROVAL and outcome == REJECT
