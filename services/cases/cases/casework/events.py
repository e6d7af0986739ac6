"""The facts that this service tells. The wire name of each is written here and nowhere else."""

from datetime import datetime
from typing import ClassVar

import msgspec

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


class MessageAdded(Event, frozen=True, kw_only=True):
    """Somebody wrote to a case. `text` is there only in what goes out to the customer, for it is sent by e-mail."""

    TYPE: ClassVar[str] = "message.added.v1"

    id: str
    case_id: str
    case_number: str
    customer_id: str | None
    is_internal: bool
    direction: str
    author_id: str | None
    case_subject: str | None = None
    contact_id: str | None = None
    text: str | None = None


class Autoresponder(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor is answered at once; `{case_number}` and `{name}` stand for the values."""

    subject: str
    text: str


class SubmitterPersonal(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor said about themselves."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    organization_name: str | None = None
    language: str | None = None


class FormSubmitted(Event, frozen=True, kw_only=True):
    """A visitor submitted a web form, which opened a case; from `personal` the directory knows the customer."""

    TYPE: ClassVar[str] = "form.submitted.v1"

    submission_id: str
    form_key: str
    form_name: str
    case_id: str
    case_number: str
    case_subject: str
    autoresponder: Autoresponder | None
    personal: SubmitterPersonal


class RunFact(Event, frozen=True, kw_only=True):
    """Which workflow, about which case."""

    run_id: str
    case_id: str
    case_number: str
    customer_id: str | None
    workflow_key: str
    workflow_name: str
    version: int


class WorkflowStarted(RunFact, frozen=True, kw_only=True):
    """A workflow started on a case."""

    TYPE: ClassVar[str] = "workflow.started.v1"


class WorkflowCompleted(RunFact, frozen=True, kw_only=True):
    """A workflow reached its end; `outcome` is that of its last step."""

    TYPE: ClassVar[str] = "workflow.completed.v1"

    outcome: str


class WorkflowFailed(RunFact, frozen=True, kw_only=True):
    """A workflow cannot go on by itself; `reason` is a sentence for the person who looks at it."""

    TYPE: ClassVar[str] = "workflow.failed.v1"

    reason: str


class WorkflowCancelled(RunFact, frozen=True, kw_only=True):
    """Somebody ended a workflow before its end."""

    TYPE: ClassVar[str] = "workflow.cancelled.v1"

    reason: str | None


class StepFact(Event, frozen=True, kw_only=True):
    """One work item of one step, with the people it concerns at this moment."""

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


class StepActivated(StepFact, frozen=True, kw_only=True):
    """A step waits for these people."""

    TYPE: ClassVar[str] = "step.activated.v1"


class StepReminded(StepFact, frozen=True, kw_only=True):
    """A step that nobody has finished will be due soon, or is `overdue`."""

    TYPE: ClassVar[str] = "step.reminded.v1"

    overdue: bool = False


class StepEscalated(StepFact, frozen=True, kw_only=True):
    """A step is late; `to_user_ids` were added to those who may finish it."""

    TYPE: ClassVar[str] = "step.escalated.v1"

    level: int
    to_user_ids: tuple[str, ...]


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
    CaseOpened,
    CaseLinked,
    CaseUpdated,
    CaseAssigned,
    CaseTransitioned,
    CaseClosed,
    CaseReopened,
    MessageAdded,
    FormSubmitted,
    WorkflowStarted,
    WorkflowCompleted,
    WorkflowFailed,
    WorkflowCancelled,
    StepActivated,
    StepReminded,
    StepEscalated,
    StepDecided,
    WorkItemClaimed,
)
