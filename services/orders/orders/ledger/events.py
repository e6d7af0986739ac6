"""The events that the ledger publishes: what a customer owes, and money that came in."""

from datetime import datetime
from typing import ClassVar

from servicekit.messaging.events import Event
from servicekit.money import Money


class BalanceChanged(Event, frozen=True, kw_only=True):
    """What a customer owes and has bought in one currency; published only when one of these values changed."""

    TYPE: ClassVar[str] = "balance.changed.v1"

    customer_id: str
    total_value: Money
    open_balance: Money
    orders: int
    last_order_at: datetime | None


class PaymentReceived(Event, frozen=True, kw_only=True):
    """Money came in; `invoice_id` is the invoice that the payer named, if any."""

    TYPE: ClassVar[str] = "payment.received.v1"

    id: str
    customer_id: str
    invoice_id: str | None
    amount: Money


PUBLISHED: tuple[type[Event], ...] = (BalanceChanged, PaymentReceived)
