"""Whatever happens in whatever order, the ledger, the invoices, the payments and the balance tell the same story."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from orders.app import create_app
from orders.catalogue.actions import add_product
from orders.ledger.actions import receive_payment
from orders.ledger.models import Allocation, Balance, Invoice, LedgerEntry, Payment
from orders.ledger.queries import open_invoices
from orders.ledger.rules import InvoiceStatus, Terms
from orders.projections.actions import keep_customer
from orders.projections.models import Customer
from orders.sales.actions import Wanted, cancel_order, confirm_order, place_order
from orders.sales.models import Order
from orders.sales.rules import OrderStatus
from orders.settings import OrdersSettings
from servicekit.database.engine import Database
from servicekit.money import Money
from servicekit.testing.harness import Harness

TERMS = Terms.of("UTC", 14)
START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)

steps = st.one_of(
    st.tuples(st.just("place"), st.integers(1, 5000)),
    st.tuples(st.just("confirm"), st.integers(0, 9)),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("pay"), st.integers(1, 2_000_000)),
    st.tuples(st.just("pay_newest"), st.integers(1, 2_000_000)),
)


@dataclass
class Story:
    """One customer, and steps that each are a transaction of their own."""

    database: Database
    customer_id: str
    now: datetime = START
    steps: Iterator[int] = field(default_factory=count)

    def take(self, step: str, number: int) -> None:
        self.now = START + timedelta(hours=next(self.steps))
        with self.database.write() as session:
            getattr(self, step)(session, number)

    def place(self, session: Session, number: int) -> None:
        customer = session.get_one(Customer, self.customer_id)
        wanted = [
            Wanted(sku="A", quantity=Decimal(number) / 1000),
            Wanted(sku="B", quantity=Decimal(3), discount_percent=Decimal(number % 101)),
        ]
        place_order(
            session,
            customer=customer,
            wanted=wanted,
            currency=None,
            note=None,
            placed_by="usr",
            terms=TERMS,
            now=self.now,
        )

    def confirm(self, session: Session, number: int) -> None:
        if order := self.pick(session, number, OrderStatus.PLACED):
            confirm_order(session, order=order, terms=TERMS, now=self.now)

    def cancel(self, session: Session, number: int) -> None:
        if order := self.pick(session, number, OrderStatus.PLACED, OrderStatus.CONFIRMED):
            cancel_order(session, order=order, reason="story", terms=TERMS, now=self.now)

    def pay(self, session: Session, number: int, invoice: Invoice | None = None) -> None:
        receive_payment(
            session,
            customer_id=self.customer_id,
            invoice=invoice,
            amount=Money.from_minor(number, "EUR"),
            method="cash",
            reference=None,
            received_on=None,
            recorded_by="usr",
            terms=TERMS,
            now=self.now,
        )

    def pay_newest(self, session: Session, number: int) -> None:
        waiting = open_invoices(session, self.customer_id, "EUR")
        self.pay(session, number, waiting[-1] if waiting else None)

    def pick(self, session: Session, number: int, *statuses: OrderStatus) -> Order | None:
        mine = select(Order).where(Order.customer_id == self.customer_id, Order.status.in_(statuses))
        found = session.scalars(mine.order_by(Order.id)).all()
        return found[number % len(found)] if found else None


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        bench = Harness(Path(folder))
        running = bench.start(create_app, OrdersSettings)
        with running.service.database.write() as session:
            for sku, minor, rate in (("A", 19_99, "0.19"), ("B", 3_33, "0.07")):
                add_product(
                    session,
                    sku=sku,
                    name=sku,
                    type="merchandise",
                    unit_price=Money.from_minor(minor, "EUR"),
                    tax_rate=Decimal(rate),
                    description=None,
                    is_active=True,
                    now=START,
                )
        yield running.service.database
        bench.close()


numbers = count(1)


def begin(database: Database) -> Story:
    customer_id = f"cus_{next(numbers)}"
    with database.write() as session:
        keep_customer(
            session,
            customer_id=customer_id,
            sequence=1,
            number=customer_id,
            name="Ada",
            owner_id=None,
            team_id=None,
            is_archived=False,
            is_blocked=False,
            heard_at=START,
        )
    return Story(database, customer_id)


def total(session: Session, column: object, *where: object) -> int:
    return int(session.scalar(select(func.sum(column)).where(*where)) or 0)  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, min_size=1, max_size=14))
def test_the_balance_is_the_sum_of_the_ledger_after_any_story(
    database: Database, happened: list[tuple[str, int]]
) -> None:
    story = begin(database)
    for step, number in happened:
        story.take(step, number)
    with database.read() as session:
        balance = session.scalars(select(Balance).where(Balance.customer_id == story.customer_id)).one_or_none()
        if balance is not None:
            check_balance(session, story, balance)
        check_invoices(session, story)
        check_payments(session, story)


def check_balance(session: Session, story: Story, balance: Balance) -> None:
    entries = total(session, LedgerEntry.amount_minor, LedgerEntry.customer_id == story.customer_id)
    mine = Invoice.customer_id == story.customer_id
    valid = total(session, Invoice.total_minor, mine, Invoice.status != InvoiceStatus.VOID)
    is_open = total(session, Invoice.total_minor - Invoice.paid_minor, mine, Invoice.status == InvoiceStatus.OPEN)
    assert balance.open_balance_minor == entries
    assert balance.open_balance_minor == is_open - balance.credit_minor
    assert is_open == 0 or balance.credit_minor == 0
    assert balance.total_value_minor == valid
    kept = session.scalars(
        select(Order).where(Order.customer_id == story.customer_id, Order.status != OrderStatus.CANCELLED)
    ).all()
    assert balance.orders == len(kept)
    assert balance.last_order_at == max((order.placed_at for order in kept), default=None)
    for order in kept:
        assert order.total_minor == sum(line.total_minor for line in order.lines)


def check_invoices(session: Session, story: Story) -> None:
    for invoice in session.scalars(select(Invoice).where(Invoice.customer_id == story.customer_id)):
        held = Allocation.invoice_id == invoice.id, Allocation.released_at.is_(None)
        assert invoice.paid_minor == total(session, Allocation.amount_minor, *held) <= invoice.total_minor


def check_payments(session: Session, story: Story) -> None:
    for payment in session.scalars(select(Payment).where(Payment.customer_id == story.customer_id)):
        held = Allocation.payment_id == payment.id, Allocation.released_at.is_(None)
        assert payment.allocated_minor == total(session, Allocation.amount_minor, *held) <= payment.amount_minor
