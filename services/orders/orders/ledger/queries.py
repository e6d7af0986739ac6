"""Reads of the ledger, within what the caller may see, and the sums that a balance is made of."""

from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session, contains_eager

from orders.ledger.models import Balance, Invoice, LedgerEntry, Payment
from orders.ledger.rules import EntryKind, InvoiceStatus, LedgerTotals
from orders.projections.models import CustomerProjection
from servicekit.auth import Principal, visible
from servicekit.errors import NotFound, one_field

_Row = TypeVar("_Row", Invoice, Payment, Balance)


def _of_visible_customers(entity: type[_Row], principal: Principal) -> Select[_Row]:
    statement = select(entity).join(entity.customer).options(contains_eager(entity.customer))
    return visible(statement, principal, owner=CustomerProjection.owner_id, team=CustomerProjection.team_id)


def visible_invoices(principal: Principal) -> Select[Invoice]:
    return _of_visible_customers(Invoice, principal)


def visible_payments(principal: Principal) -> Select[Payment]:
    return _of_visible_customers(Payment, principal)


def visible_balances(principal: Principal) -> Select[Balance]:
    return _of_visible_customers(Balance, principal)


def get_invoice(session: Session, principal: Principal, invoice_id: str) -> Invoice:
    invoice = session.scalars(visible_invoices(principal).where(Invoice.id == invoice_id)).one_or_none()
    if invoice is None:
        raise NotFound("There is no such invoice.")
    return invoice


def get_invoice_of_body(session: Session, principal: Principal, invoice_id: str) -> Invoice:
    """The invoice that the body of a request names; raises Invalid at `/invoice_id`."""
    invoice = session.scalars(visible_invoices(principal).where(Invoice.id == invoice_id)).one_or_none()
    if invoice is None:
        raise one_field("/invoice_id", "unknown_invoice", "There is no such invoice.")
    return invoice


def get_payment(session: Session, principal: Principal, payment_id: str) -> Payment:
    payment = session.scalars(visible_payments(principal).where(Payment.id == payment_id)).one_or_none()
    if payment is None:
        raise NotFound("There is no such payment.")
    return payment


def balances_of(session: Session, customer_id: str) -> list[Balance]:
    """One a currency, the most recently used first."""
    found = session.scalars(select(Balance).where(Balance.customer_id == customer_id))
    return sorted(found, key=lambda b: (b.last_order_at or b.created_at, b.id), reverse=True)


def open_invoices(session: Session, customer_id: str, currency: str) -> list[Invoice]:
    """Those with something left to pay, oldest first."""
    statement = select(Invoice).where(
        Invoice.customer_id == customer_id, Invoice.currency == currency, Invoice.status == InvoiceStatus.OPEN
    )
    return list(session.scalars(statement.order_by(Invoice.issued_on, Invoice.id)))


def payments_with_rest(session: Session, customer_id: str, currency: str) -> list[Payment]:
    """Those that still are credit, oldest first."""
    statement = select(Payment).where(
        Payment.customer_id == customer_id,
        Payment.currency == currency,
        Payment.allocated_minor < Payment.amount_minor,
    )
    return list(session.scalars(statement.order_by(Payment.received_on, Payment.id)))


def balances_before(moment: datetime, limit: int) -> Select[str, str]:
    """(customer id, currency) of the balances that were last recomputed before `moment`."""
    return (
        select(Balance.customer_id, Balance.currency).where(Balance.as_of < moment).order_by(Balance.as_of).limit(limit)
    )


def ledger_totals(session: Session, customer_id: str, currency: str, today: date) -> LedgerTotals:
    """What the ledger of a customer adds up to in this currency."""
    amounts = session.execute(_sums(customer_id, currency)).one()
    orders = session.execute(_orders(customer_id, currency)).one()
    mine = Invoice.customer_id == customer_id, Invoice.currency == currency, Invoice.status == InvoiceStatus.OPEN
    overdue = select(func.sum(Invoice.total_minor - Invoice.paid_minor)).where(*mine, Invoice.due_on < today)
    credit = select(func.sum(Payment.amount_minor - Payment.allocated_minor)).where(
        Payment.customer_id == customer_id, Payment.currency == currency
    )
    return LedgerTotals(
        open_balance=int(amounts.balance or 0),
        total_value=int(amounts.value or 0),
        overdue=int(session.scalar(overdue) or 0),
        credit=int(session.scalar(credit) or 0),
        orders=orders.number,
        last_order_at=orders.last,
    )


def _sums(customer_id: str, currency: str) -> Select[Any, Any]:
    value = case((LedgerEntry.kind.in_([EntryKind.INVOICE, EntryKind.CREDIT_NOTE]), LedgerEntry.amount_minor), else_=0)
    return select(
        func.sum(LedgerEntry.amount_minor).label("balance"),
        func.sum(value).label("value"),
    ).where(LedgerEntry.customer_id == customer_id, LedgerEntry.currency == currency)


def _orders(customer_id: str, currency: str) -> Select[Any, Any]:
    cancelled = select(LedgerEntry.order_id).where(
        LedgerEntry.customer_id == customer_id, LedgerEntry.kind == EntryKind.CANCELLATION
    )
    return select(func.count().label("number"), func.max(LedgerEntry.at).label("last")).where(
        and_(LedgerEntry.customer_id == customer_id, LedgerEntry.currency == currency),
        LedgerEntry.kind == EntryKind.ORDER,
        LedgerEntry.order_id.not_in(cancelled),
    )
