"""How payments meet invoices and what a balance is; amounts are integers in the currency's minor unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from orders.settings import OrdersSettings
from servicekit.errors import Conflict


class EntryKind(StrEnum):
    """`order` and `cancellation` are memos of amount 0: they count orders; the others move the balance."""

    ORDER = "order"
    INVOICE = "invoice"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    CANCELLATION = "cancellation"


class InvoiceStatus(StrEnum):
    """Void: its order was cancelled after it had been issued."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"


class PaymentMethod(StrEnum):
    """How the money came."""

    BANK_TRANSFER = "bank_transfer"
    CARD = "card"
    CASH = "cash"
    CHEQUE = "cheque"
    DIRECT_DEBIT = "direct_debit"
    OTHER = "other"


class InvoiceIsVoid(Conflict):
    """An invoice that was withdrawn cannot be paid."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The company's days: what date it is there, and how long customers have to pay."""

    zone: ZoneInfo
    days: int

    @classmethod
    def of(cls, time_zone: str, days: int) -> Self:
        """The zone is a name such as Europe/Berlin."""
        return cls(zone=ZoneInfo(time_zone), days=days)

    @classmethod
    def from_settings(cls, settings: OrdersSettings) -> Self:
        """As the installation has them."""
        return cls.of(settings.time_zone, settings.payment_days)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    def due_on(self, issued_on: date) -> date:
        return issued_on + timedelta(days=self.days)

    def last_midnight(self, now: datetime) -> datetime:
        """When the company's present day began."""
        return datetime.combine(self.today(now), time.min, tzinfo=self.zone)


@dataclass(frozen=True, kw_only=True)
class Share:
    """So much of one source for one target; `source` and `target` are positions in what was given."""

    source: int
    target: int
    amount: int


def allocate(rests: Sequence[int], opens: Sequence[int]) -> list[Share]:
    """Spend the sources on the targets, both in the order given; what is left stays with its source.

    No source gives more than its rest, no target takes more than is open, and afterwards either
    all sources are spent or all targets are settled.
    """
    shares = []
    target, still_open = 0, list(opens)
    for source, rest in enumerate(rests):
        left = rest
        while left > 0 and target < len(still_open):
            amount = min(left, still_open[target])
            if amount > 0:
                shares.append(Share(source=source, target=target, amount=amount))
                left -= amount
                still_open[target] -= amount
            if still_open[target] == 0:
                target += 1
    return shares


@dataclass(frozen=True, kw_only=True)
class LedgerTotals:
    """What a customer's ledger adds up to in one currency.

    `open_balance` is owed by the customer, below zero when it has paid ahead: open invoices less `credit`.
    `total_value` is everything invoiced and not withdrawn. `orders` leaves out cancelled ones.
    """

    open_balance: int
    total_value: int
    overdue: int
    credit: int
    orders: int
    last_order_at: datetime | None
