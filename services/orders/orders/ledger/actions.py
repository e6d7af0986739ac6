"""Everything that moves the ledger. Each action locks the customer's balance row first, so that two of them queue."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.ledger.events import BalanceChanged, PaymentReceived
from orders.ledger.models import Allocation, Balance, Invoice, LedgerEntry, Payment
from orders.ledger.queries import balances_before, balances_of, ledger_totals, open_invoices, payments_with_rest
from orders.ledger.rules import EntryKind, InvoiceIsVoid, InvoiceStatus, Terms, allocate
from orders.projections.models import CustomerProjection
from servicekit.actor import Actor
from servicekit.database.numbers import next_number
from servicekit.database.upsert import insert_if_absent
from servicekit.errors import FieldError, Invalid
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.money import Money


def record_order(session: Session, *, by: Actor, order_id: str, customer_id: str, currency: str, terms: Terms) -> None:
    """Count an order that was placed; it moves no money."""
    balance = _lock_balance(session, customer_id, currency, by.now)
    _add_entry(session, balance, EntryKind.ORDER, 0, by.now, order_id=order_id)
    _recompute(session, balance, terms, by.now)


def issue_invoice(
    session: Session, *, by: Actor, order_id: str, customer_id: str, currency: str, total: int, terms: Terms
) -> Invoice:
    """The invoice of a confirmed order; credit that the customer has pays it at once."""
    balance = _lock_balance(session, customer_id, currency, by.now)
    issued_on = terms.today(by.now)
    invoice = Invoice(
        id=new_id("inv"),
        number=f"INV-{next_number(session, 'invoice'):06d}",
        order_id=order_id,
        customer_id=customer_id,
        currency=currency,
        status=InvoiceStatus.OPEN if total else InvoiceStatus.PAID,
        total_minor=total,
        paid_minor=0,
        issued_on=issued_on,
        due_on=terms.due_on(issued_on),
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(invoice)
    _add_entry(session, balance, EntryKind.INVOICE, total, by.now, order_id=order_id)
    _apply_credit(session, customer_id, currency, by.now)
    _recompute(session, balance, terms, by.now)
    return invoice


def record_cancellation(
    session: Session, *, by: Actor, order_id: str, customer_id: str, currency: str, terms: Terms
) -> None:
    """An order was cancelled: its invoice becomes void, and what had paid it pays other invoices or is credit."""
    balance = _lock_balance(session, customer_id, currency, by.now)
    _add_entry(session, balance, EntryKind.CANCELLATION, 0, by.now, order_id=order_id)
    invoice = session.scalars(select(Invoice).where(Invoice.order_id == order_id)).one_or_none()
    if invoice is not None:
        _void(session, invoice, by.now)
        _add_entry(session, balance, EntryKind.CREDIT_NOTE, -invoice.total_minor, by.now, order_id=order_id)
        _apply_credit(session, customer_id, currency, by.now)
    _recompute(session, balance, terms, by.now)


def receive_payment(
    session: Session,
    *,
    by: Actor,
    customer_id: str,
    invoice: Invoice | None,
    amount: Money,
    method: str,
    reference: str | None,
    received_on: date | None,
    terms: Terms,
) -> Payment:
    """Book money: the named invoice first, then the oldest; what is left over is the customer's credit."""
    balance = _lock_balance(session, customer_id, amount.currency, by.now)
    if invoice is not None:
        session.refresh(invoice)  # as it is now that the balance is locked
        _check_payable(invoice, customer_id, amount.currency)
    payment = Payment(
        id=new_id("pay"),
        customer_id=customer_id,
        invoice_id=invoice.id if invoice else None,
        currency=amount.currency,
        amount_minor=amount.minor,
        allocated_minor=0,
        method=method,
        reference=reference,
        received_on=received_on or terms.today(by.now),
        recorded_by=by.id or by.kind.value,
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(payment)
    session.flush()
    _add_entry(session, balance, EntryKind.PAYMENT, -payment.amount_minor, by.now, payment_id=payment.id)
    if invoice is not None:
        _match(session, [payment], [invoice], by.now)
    _apply_credit(session, customer_id, amount.currency, by.now)
    session.expire(payment, ["allocations"])
    event = PaymentReceived(id=payment.id, customer_id=customer_id, invoice_id=payment.invoice_id, amount=amount)
    outbox.record(session, event, about=payment, at=by.now)
    _recompute(session, balance, terms, by.now)
    return payment


def refresh_balances(session: Session, customer: CustomerProjection, *, by: Actor, terms: Terms) -> list[Balance]:
    """Add this customer's ledger up again, in each of its currencies."""
    for balance in sorted(balances_of(session, customer.id), key=lambda b: b.currency):
        _recompute(session, _lock_balance(session, customer.id, balance.currency, by.now), terms, by.now)
    return balances_of(session, customer.id)


def recompute_due_balances(session: Session, *, by: Actor, terms: Terms, limit: int = 100) -> int:
    """Recompute balances that were not yet since midnight; each so once a night, however often this is called."""
    due = session.execute(balances_before(terms.last_midnight(by.now), limit)).all()
    # One order of taking the rows for everybody, so that two transactions never wait for each other.
    for customer_id, currency in sorted(tuple(row) for row in due):
        _recompute(session, _lock_balance(session, customer_id, currency, by.now), terms, by.now)
    return len(due)


def _lock_balance(session: Session, customer_id: str, currency: str, now: datetime) -> Balance:
    insert_if_absent(
        session,
        Balance,
        id=new_id("bal"),
        version=1,
        customer_id=customer_id,
        currency=currency,
        as_of=now,
        created_at=now,
        updated_at=now,
    )
    mine = select(Balance).where(Balance.customer_id == customer_id, Balance.currency == currency)
    return session.scalars(mine.with_for_update(of=Balance).execution_options(populate_existing=True)).one()


def _recompute(session: Session, balance: Balance, terms: Terms, now: datetime) -> None:
    session.flush()
    before = _balance_event(balance)
    totals = ledger_totals(session, balance.customer_id, balance.currency, terms.today(now))
    balance.open_balance_minor = totals.open_balance
    balance.total_value_minor = totals.total_value
    balance.overdue_minor = totals.overdue
    balance.credit_minor = totals.credit
    balance.orders = totals.orders
    balance.last_order_at = totals.last_order_at
    balance.as_of = now
    if _balance_event(balance) != before:
        balance.bump(now)
        outbox.record(session, _balance_event(balance), about=balance, at=now)
    session.flush()


def _balance_event(balance: Balance) -> BalanceChanged:
    return BalanceChanged(
        customer_id=balance.customer_id,
        total_value=balance.total_value,
        open_balance=balance.open_balance,
        orders=balance.orders,
        last_order_at=balance.last_order_at,
    )


def _add_entry(
    session: Session,
    balance: Balance,
    kind: EntryKind,
    amount: int,
    now: datetime,
    *,
    order_id: str | None = None,
    payment_id: str | None = None,
) -> None:
    entry = LedgerEntry(
        id=new_id("led"),
        customer_id=balance.customer_id,
        currency=balance.currency,
        kind=kind,
        amount_minor=amount,
        at=now,
        order_id=order_id,
        payment_id=payment_id,
    )
    session.add(entry)


def _apply_credit(session: Session, customer_id: str, currency: str, now: datetime) -> None:
    session.flush()
    payments = payments_with_rest(session, customer_id, currency)
    if payments:
        _match(session, payments, open_invoices(session, customer_id, currency), now)


def _match(session: Session, payments: Sequence[Payment], invoices: Sequence[Invoice], now: datetime) -> None:
    rests = [payment.amount_minor - payment.allocated_minor for payment in payments]
    for share in allocate(rests, [invoice.open_minor for invoice in invoices]):
        payment, invoice = payments[share.source], invoices[share.target]
        allocation = Allocation(
            id=new_id("alc"),
            payment_id=payment.id,
            invoice_id=invoice.id,
            currency=payment.currency,
            amount_minor=share.amount,
            allocated_at=now,
        )
        session.add(allocation)
        payment.allocated_minor += share.amount
        payment.bump(now)
        _set_paid(invoice, invoice.paid_minor + share.amount, now)
    session.flush()


def _set_paid(invoice: Invoice, paid: int, now: datetime) -> None:
    invoice.paid_minor = paid
    invoice.status = InvoiceStatus.PAID if paid == invoice.total_minor else InvoiceStatus.OPEN
    invoice.bump(now)


def _void(session: Session, invoice: Invoice, now: datetime) -> None:
    active = select(Allocation).where(Allocation.invoice_id == invoice.id, Allocation.released_at.is_(None))
    for allocation in session.scalars(active):
        payment = session.get_one(Payment, allocation.payment_id)
        payment.allocated_minor -= allocation.amount_minor
        payment.bump(now)
        allocation.released_at = now
    invoice.paid_minor = 0
    invoice.status = InvoiceStatus.VOID
    invoice.bump(now)


def _check_payable(invoice: Invoice, customer_id: str, currency: str) -> None:
    if invoice.customer_id != customer_id:
        raise _wrong("/invoice_id", "other_customer", "This invoice belongs to another customer.")
    if invoice.currency != currency:
        raise _wrong("/amount/currency", "mixed_currencies", f"Invoice {invoice.number} is in {invoice.currency}.")
    if invoice.status == InvoiceStatus.VOID:
        raise InvoiceIsVoid(f"Invoice {invoice.number} was withdrawn with its order.")


def _wrong(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, fields=[FieldError(pointer=pointer, code=code, detail=detail)])
