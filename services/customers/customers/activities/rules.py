"""What staff can log."""

from enum import StrEnum

from servicekit.errors import FieldError


class ActivityKind(StrEnum):
    """What sort of interaction it was."""

    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    NOTE = "note"
    TASK = "task"


class Outcome(StrEnum):
    """How it went."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


_LASTING = {ActivityKind.CALL, ActivityKind.MEETING}


def wrong_duration(kind: str, minutes: int | None) -> list[FieldError]:
    """Only calls and meetings last."""
    if minutes is None or kind in _LASTING:
        return []
    detail = "Only a call or a meeting has a duration."
    return [FieldError(pointer="/duration_minutes", code="no_duration", detail=detail)]
