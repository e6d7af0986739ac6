"""What the projections read of the events of other services."""

from datetime import datetime

import msgspec

from servicekit.messaging.events import Payload
from servicekit.money import Money


class CasePayload(Payload, frozen=True, kw_only=True):
    """A case, in full."""

    id: str
    number: str
    subject: str
    status: str
    is_open: bool
    opened_at: datetime
    closed_at: datetime | None = None
    customer_id: str | None = None
    contact_id: str | None = None
    owner_id: str | None = None
    team_id: str | None = None


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


class UserPersonal(msgspec.Struct, frozen=True, kw_only=True):
    """How a member of staff is called."""

    name: str


class UserPayload(Payload, frozen=True, kw_only=True):
    """A member of staff."""

    id: str
    is_active: bool
    personal: UserPersonal
