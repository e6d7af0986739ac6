"""What notices read of others' events: smaller copies of their own."""

from datetime import datetime

import msgspec

from servicekit.messaging.events import Payload


class CasePayload(Payload, frozen=True, kw_only=True):
    """A case that was assigned."""

    id: str
    number: str
    subject: str
    customer_id: str | None
    owner_id: str | None


class StepPayload(Payload, frozen=True, kw_only=True):
    """A step that waits for somebody: `user_ids` are all who may do it."""

    step_id: str
    step_name: str
    step_kind: str
    case_id: str
    case_number: str
    case_subject: str
    customer_id: str | None
    user_ids: list[str]
    due_at: datetime | None
    instructions: str | None


class StepRemindedPayload(StepPayload, frozen=True, kw_only=True):
    overdue: bool = False


class StepEscalatedPayload(StepPayload, frozen=True, kw_only=True):
    level: int
    to_user_ids: list[str]


class StepDecidedPayload(Payload, frozen=True, kw_only=True):
    step_id: str
    step_name: str
    step_kind: str
    case_id: str
    case_number: str
    customer_id: str | None
    outcome: str
    note: str | None
    decided_by: str | None


class Autoresponder(msgspec.Struct, frozen=True, kw_only=True):
    """The form's own words; both may hold {number} (or {case_number}) and {name}."""

    subject: str = ""
    text: str = ""


class Submitter(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor wrote about themselves: any of it may be missing."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None

    @property
    def full_name(self) -> str:
        return self.name or " ".join(part for part in (self.first_name, self.last_name) if part)


class FormSubmittedPayload(Payload, frozen=True, kw_only=True):
    submission_id: str
    form_name: str
    case_id: str
    case_number: str
    case_subject: str
    autoresponder: Autoresponder | None
    personal: Submitter


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """Money as it is on the wire."""

    amount: str
    currency: str


class OrderPayload(Payload, frozen=True, kw_only=True):
    id: str
    number: str
    customer_id: str
    line_count: int
    total: Amount


class MessagePayload(Payload, frozen=True, kw_only=True):
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
