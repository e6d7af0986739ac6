"""The events that sales publishes; each shows the whole public state of the order after the change."""

from datetime import datetime
from typing import ClassVar

from servicekit.messaging.events import Event
from servicekit.money import Money


class OrderState(Event, frozen=True, kw_only=True):
    """The public part of an order."""

    id: str
    number: str
    customer_id: str
    status: str
    line_count: int
    net: Money
    tax: Money
    total: Money
    placed_at: datetime
    confirmed_at: datetime | None


class OrderPlaced(OrderState, frozen=True, kw_only=True):
    """A customer ordered; nothing is owed yet."""

    TYPE: ClassVar[str] = "order.placed.v1"


class OrderConfirmed(OrderState, frozen=True, kw_only=True):
    """The order is binding and its invoice is issued."""

    TYPE: ClassVar[str] = "order.confirmed.v1"


class OrderFulfilled(OrderState, frozen=True, kw_only=True):
    """Everything in the order was delivered."""

    TYPE: ClassVar[str] = "order.fulfilled.v1"


class OrderCancelled(OrderState, frozen=True, kw_only=True):
    """The order was withdrawn, and with it its invoice if there was one."""

    TYPE: ClassVar[str] = "order.cancelled.v1"


PUBLISHED: tuple[type[Event], ...] = (OrderPlaced, OrderConfirmed, OrderFulfilled, OrderCancelled)
