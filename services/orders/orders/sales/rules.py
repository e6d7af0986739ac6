"""The arithmetic of an order and the moves it can make; amounts are integers in the currency's minor unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Final

from servicekit.errors import Conflict

MAX_LINES: Final = 200
MAX_QUANTITY: Final = Decimal(100_000)
THOUSAND: Final = 1000
BASIS_POINTS: Final = 10_000


class OrderStatus(StrEnum):
    """Where an order stands."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


NEXT: Final = {
    OrderStatus.PLACED: (OrderStatus.CONFIRMED, OrderStatus.CANCELLED),
    OrderStatus.CONFIRMED: (OrderStatus.FULFILLED, OrderStatus.CANCELLED),
    OrderStatus.FULFILLED: (),
    OrderStatus.CANCELLED: (),
}


class OrderCannotMove(Conflict):
    """The order's status does not allow this; the problem lists what it does allow."""


class OrderIsClosed(Conflict):
    """A fulfilled or cancelled order no longer changes."""


def check_move(status: str, to: OrderStatus) -> None:
    """Raise OrderCannotMove unless an order of this status may become `to`."""
    allowed = NEXT[OrderStatus(status)]
    if to not in allowed:
        ways = " or ".join(allowed) or "nothing else"
        raise OrderCannotMove(f"A {status} order can become {ways}, not {to}.", allowed=[str(a) for a in allowed])


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """`total` is `net` and `tax` together, always."""

    net: int
    tax: int

    @property
    def total(self) -> int:
        return self.net + self.tax


def price_line(*, unit_price: int, quantity: Decimal, discount_percent: Decimal, tax_rate: Decimal) -> Amounts:
    """Net and tax of one line, each rounded half-even to the minor unit: banker's rounding favours nobody."""
    net = _round(unit_price * quantity * (100 - discount_percent) / 100)
    return Amounts(net=net, tax=_round(net * tax_rate))


def add_up(lines: Iterable[Amounts]) -> Amounts:
    """An order's amounts are the sums of its rounded lines, so what is printed adds up by hand."""
    net = tax = 0
    for line in lines:
        net += line.net
        tax += line.tax
    return Amounts(net=net, tax=tax)


def _round(amount: Decimal) -> int:
    return int(amount.to_integral_value(rounding=ROUND_HALF_EVEN))
