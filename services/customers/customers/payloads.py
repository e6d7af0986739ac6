"""What this service reads of the events it hears: its own smaller copies."""

from datetime import datetime

import msgspec

from servicekit.messaging.events import Payload
from servicekit.money import Money


class SubmitterPersonal(msgspec.Struct, frozen=True, kw_only=True):
    """What a visitor said about themselves."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    organization_name: str | None = None
    language: str | None = None


class FormPayload(Payload, frozen=True, kw_only=True):
    """A submitted form and the case that it opened."""

    submission_id: str
    form_key: str
    form_name: str
    case_id: str
    case_number: str
    case_subject: str
    personal: SubmitterPersonal


class CasePayload(Payload, frozen=True, kw_only=True):
    """A case, in full."""

    id: str
    number: str
    subject: str
    status: str
    is_open: bool
    opened_at: datetime
    closed_at: datetime | None = None
    origin: str | None = None
    customer_id: str | None = None
    contact_id: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    previous_status: str | None = None


class OfCase(Payload, frozen=True, kw_only=True):
    """What everything that happens to a case says."""

    case_id: str
    case_number: str
    customer_id: str | None = None


class RunPayload(OfCase, frozen=True, kw_only=True):
    """A workflow on a case."""

    run_id: str
    workflow_name: str
    outcome: str | None = None
    reason: str | None = None


class StepPayload(OfCase, frozen=True, kw_only=True):
    """A step that waits for people."""

    step_id: str
    step_name: str
    step_kind: str
    work_item_id: str
    user_ids: tuple[str, ...] = ()
    to_user_ids: tuple[str, ...] = ()
    level: int = 1
    due_at: datetime | None = None


class DecisionPayload(OfCase, frozen=True, kw_only=True):
    """What somebody decided."""

    step_id: str
    step_name: str
    work_item_id: str
    outcome: str
    note: str | None = None
    decided_by: str | None = None


class MessagePayload(OfCase, frozen=True, kw_only=True):
    """That somebody wrote, not what."""

    id: str
    is_internal: bool
    direction: str
    author_id: str | None = None


class EmailPayload(Payload, frozen=True, kw_only=True):
    """What became of an e-mail."""

    id: str
    kind: str
    subject: str
    to_user_id: str | None = None
    case_id: str | None = None
    order_id: str | None = None
    customer_id: str | None = None


class OrderPayload(Payload, frozen=True, kw_only=True):
    """An order."""

    id: str
    number: str
    customer_id: str
    status: str
    total: Money
    placed_at: datetime


class BalancePayload(Payload, frozen=True, kw_only=True):
    """A customer's account in one currency."""

    customer_id: str
    total_value: Money
    open_balance: Money
    orders: int
    last_order_at: datetime | None = None


class PaymentPayload(Payload, frozen=True, kw_only=True):
    """Money that came in."""

    id: str
    customer_id: str
    amount: Money


class UserPersonal(msgspec.Struct, frozen=True, kw_only=True):
    """How a member of staff is called."""

    name: str


class UserPayload(Payload, frozen=True, kw_only=True):
    """A member of staff."""

    id: str
    is_active: bool
    personal: UserPersonal
