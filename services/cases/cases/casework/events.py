"""The events about cases. The wire name of each is written here and nowhere else."""

from datetime import datetime
from typing import ClassVar

from servicekit.messaging.events import Event


class CaseState(Event, frozen=True, kw_only=True):
    """The public part of a case, in full; `changed` names what this event is about."""

    id: str
    number: str
    subject: str
    type: str
    origin: str
    priority: str
    status: str
    customer_id: str | None
    contact_id: str | None
    owner_id: str | None
    team_id: str | None
    is_open: bool
    opened_at: datetime
    closed_at: datetime | None
    changed: tuple[str, ...] = ()
    previous_status: str | None = None
    submission_id: str | None = None


class CaseOpened(CaseState, frozen=True, kw_only=True):
    """A case was opened, by hand, by a program or from a web form."""

    TYPE: ClassVar[str] = "case.opened.v1"


class CaseLinked(CaseState, frozen=True, kw_only=True):
    """It became known whose case this is."""

    TYPE: ClassVar[str] = "case.linked.v1"


class CaseUpdated(CaseState, frozen=True, kw_only=True):
    """Fields of a case changed; `changed` names them."""

    TYPE: ClassVar[str] = "case.updated.v1"


class CaseAssigned(CaseState, frozen=True, kw_only=True):
    """A case has another owner or team."""

    TYPE: ClassVar[str] = "case.assigned.v1"


class CaseTransitioned(CaseState, frozen=True, kw_only=True):
    """A case moved to another status, which is neither closed nor a reopening."""

    TYPE: ClassVar[str] = "case.transitioned.v1"


class CaseClosed(CaseState, frozen=True, kw_only=True):
    """A case was closed."""

    TYPE: ClassVar[str] = "case.closed.v1"


class CaseReopened(CaseState, frozen=True, kw_only=True):
    """A resolved or closed case is being worked on again."""

    TYPE: ClassVar[str] = "case.reopened.v1"


PUBLISHED: tuple[type[Event], ...] = (
    CaseOpened,
    CaseLinked,
    CaseUpdated,
    CaseAssigned,
    CaseTransitioned,
    CaseClosed,
    CaseReopened,
)
