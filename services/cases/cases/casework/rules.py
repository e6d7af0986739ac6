"""What a case is: its states and the ways between them, where it came from, how urgent it is, its number."""

from dataclasses import dataclass
from enum import StrEnum


class CaseStatus(StrEnum):
    NEW = "new"
    WORKING = "working"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Origin(StrEnum):
    WEB = "web"
    PHONE = "phone"
    EMAIL = "email"
    IN_PERSON = "in_person"
    API = "api"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, kw_only=True)
class ChosenWorkflow:
    """Somebody chose the workflow of a new case: this one, which has to be published, or none where it is None."""

    key: str | None


@dataclass(frozen=True, kw_only=True)
class UsualWorkflow:
    """Nobody chose the workflow of a new case: it starts the preferred one, else the one of its type, if published."""

    preferred: str | None = None


OPEN_STATUSES = (CaseStatus.NEW, CaseStatus.WORKING, CaseStatus.WAITING)
GENERAL_TYPE = "general"

_WAYS: dict[CaseStatus, tuple[CaseStatus, ...]] = {
    CaseStatus.NEW: (CaseStatus.WORKING, CaseStatus.WAITING, CaseStatus.RESOLVED, CaseStatus.CLOSED),
    CaseStatus.WORKING: (CaseStatus.WAITING, CaseStatus.RESOLVED, CaseStatus.CLOSED),
    CaseStatus.WAITING: (CaseStatus.WORKING, CaseStatus.RESOLVED, CaseStatus.CLOSED),
    CaseStatus.RESOLVED: (CaseStatus.WORKING, CaseStatus.CLOSED),
    CaseStatus.CLOSED: (CaseStatus.WORKING,),
}


def is_open(status: CaseStatus) -> bool:
    return status in OPEN_STATUSES


def ways_from(status: CaseStatus) -> tuple[CaseStatus, ...]:
    return _WAYS[status]


def can_move(before: CaseStatus, after: CaseStatus) -> bool:
    return after in _WAYS[before]


def is_reopening(before: CaseStatus, after: CaseStatus) -> bool:
    return not is_open(before) and is_open(after)


def needs_reason_to_close(before: CaseStatus, outcome: str | None, note: str | None) -> bool:
    """A case closed straight away says how it ended; a resolved one has already said so."""
    return before is not CaseStatus.RESOLVED and not (outcome or note)


def case_number(counter: int) -> str:
    return f"C-{counter:06d}"


def one_line(subject: str) -> str:
    """A subject stands in e-mail headers and in lists: line breaks become spaces."""
    return " ".join(subject.split())
