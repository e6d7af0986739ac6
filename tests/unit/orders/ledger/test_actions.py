"""Whatever happens in whatever order, the ledger, the invoices, the payments and the balance agree."""

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
from orders.catalogue.actions import create_product
from orders.ledger.actions import receive_payment
from orders.ledger.models import Allocation, Balance, Invoice, LedgerEntry, Payment
from orders.ledger.queries import open_invoices
from orders.ledger.rules import InvoiceStatus, Terms
from orders.projections.actions import store_customer
from orders.projections.models import CustomerProjection
from orders.projections.payloads import CustomerPayload, NamePayload
from orders.sales.actions import RequestedLine, cancel_order, confirm_order, place_order
from orders.sales.models import Order
from orders.sales.rules import OrderStatus
from orders.settings import OrdersSettings
from servicekit.actor import Actor
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
class Scenario:
    """One customer, and steps that each are a transaction of their own."""

    database: Database
    customer_id: str
    by: Actor = field(default_factory=lambda: Actor.system(now=START))
    steps: Iterator[int] = field(default_factory=count)

    def run(self, step: str, number: int) -> None:
        self.by = Actor.system(now=START + timedelta(hours=next(self.steps)))
        with self.database.write() as session:
            getattr(self, step)(session, number)

    def place(self, session: Session, number: int) -> None:
        customer = session.get_one(CustomerProjection, self.customer_id)
        requested = [
            RequestedLine(sku="A", quantity=Decimal(number) / 1000),
            RequestedLine(sku="B", quantity=Decimal(3), discount_percent=Decimal(number % 101)),
        ]
        place_order(
            session,
            by=self.by,
            customer=customer,
            requested=requested,
            currency=None,
            note=None,
            terms=TERMS,
        )

    def confirm(self, session: Session, number: int) -> None:
        if order := self.pick(session, number, OrderStatus.PLACED):
            confirm_order(session, order, by=self.by, terms=TERMS)

    def cancel(self, session: Session, number: int) -> None:
        if order := self.pick(session, number, OrderStatus.PLACED, OrderStatus.CONFIRMED):
            cancel_order(session, order, by=self.by, reason="Returned", terms=TERMS)

    def pay(self, session: Session, number: int, invoice: Invoice | None = None) -> None:
        receive_payment(
            session,
            by=self.by,
            customer_id=self.customer_id,
            invoice=invoice,
            amount=Money.from_minor(number, "EUR"),
            method="cash",
            reference=None,
            received_on=None,
            terms=TERMS,
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
        harness = Harness(Path(folder))
        running = harness.start(create_app, OrdersSettings)
        with running.service.database.write() as session:
            for sku, minor, rate in (("A", 19_99, "0.19"), ("B", 3_33, "0.07")):
                create_product(
                    session,
                    by=Actor.system(now=START),
                    sku=sku,
                    name=sku,
                    type="merchandise",
                    unit_price=Money.from_minor(minor, "EUR"),
                    tax_rate=Decimal(rate),
                    description=None,
                    is_active=True,
                )
        yield running.service.database
        harness.close()


numbers = count(1)


def begin(database: Database) -> Scenario:
    customer_id = f"cus_{next(numbers)}"
    with database.write() as session:
        customer = CustomerPayload(id=customer_id, number=customer_id, personal=NamePayload(name="Ada"))
        store_customer(session, customer, sequence=1, published_at=START)
    return Scenario(database, customer_id)


def total(session: Session, column: object, *where: object) -> int:
    return int(session.scalar(select(func.sum(column)).where(*where)) or 0)  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, min_size=1, max_size=14))
def test_the_balance_is_the_sum_of_the_ledger_after_any_steps(
    database: Database, happened: list[tuple[str, int]]
) -> None:
    scenario = begin(database)
    for step, number in happened:
        scenario.run(step, number)
    with database.read() as session:
        balance = session.scalars(select(Balance).where(Balance.customer_id == scenario.customer_id)).one_or_none()
        if balance is not None:
            check_balance(session, scenario, balance)
        check_invoices(session, scenario)
        check_payments(session, scenario)


def check_balance(session: Session, scenario: Scenario, balance: Balance) -> None:
    entries = total(session, LedgerEntry.amount_minor, LedgerEntry.customer_id == scenario.customer_id)
    mine = Invoice.customer_id == scenario.customer_id
    valid = total(session, Invoice.total_minor, mine, Invoice.status != InvoiceStatus.VOID)
    is_open = total(session, Invoice.total_minor - Invoice.paid_minor, mine, Invoice.status == InvoiceStatus.OPEN)
    assert balance.open_balance_minor == entries
    assert balance.open_balance_minor == is_open - balance.credit_minor
    assert is_open == 0 or balance.credit_minor == 0
    assert balance.total_value_minor == valid
    placed = session.scalars(
        select(Order).where(Order.customer_id == scenario.customer_id, Order.status != OrderStatus.CANCELLED)
    ).all()
    assert balance.orders == len(placed)
    assert balance.last_order_at == max((order.placed_at for order in placed), default=None)
    for order in placed:
        assert order.total_minor == sum(line.total_minor for line in order.lines)


def check_invoices(session: Session, scenario: Scenario) -> None:
    for invoice in session.scalars(select(Invoice).where(Invoice.customer_id == scenario.customer_id)):
        active = Allocation.invoice_id == invoice.id, Allocation.released_at.is_(None)
        assert invoice.paid_minor == total(session, Allocation.amount_minor, *active) <= invoice.total_minor


def check_payments(session: Session, scenario: Scenario) -> None:
    for payment in session.scalars(select(Payment).where(Payment.customer_id == scenario.customer_id)):
        active = Allocation.payment_id == payment.id, Allocation.released_at.is_(None)
        assert payment.allocated_minor == total(session, Allocation.amount_minor, *active) <= payment.amount_minor
