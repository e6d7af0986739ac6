"""What the timeline reads of the events of other services."""

from datetime import datetime

from servicekit.messaging.events import Payload
from servicekit.money import Money


class CasePayload(Payload, frozen=True, kw_only=True):
    """What happened to a case itself."""

    id: str
    number: str
    subject: str
    status: str
    previous_status: str | None = None
    customer_id: str | None = None
    contact_id: str | None = None
    owner_id: str | None = None


class OfCase(Payload, frozen=True, kw_only=True):
    """What every event about a part of a case says."""

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
    """An order in a new state."""

    id: str
    number: str
    customer_id: str
    status: str
    total: Money


class PaymentPayload(Payload, frozen=True, kw_only=True):
    """Money that came in."""

    id: str
    customer_id: str
    amount: Money
