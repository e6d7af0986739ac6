"""Invoices, payments and balances over HTTP."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from sqlalchemy import Select, or_
from sqlalchemy.orm import Session

from orders.ledger import actions
from orders.ledger.models import Balance, Invoice, Payment
from orders.ledger.queries import (
    balances_of,
    get_invoice,
    get_payment,
    visible_balances,
    visible_invoices,
    visible_payments,
)
from orders.ledger.rules import InvoiceStatus, PaymentMethod, Terms
from orders.ledger.schemas import BalanceRead, CustomerBalanceRead, InvoiceRead, PaymentCreate, PaymentRead
from orders.projections.models import Customer
from orders.projections.queries import find_customer, get_customer, is_known
from orders.projections.rules import search_key
from orders.settings import OrdersSettings
from servicekit.errors import one_field
from servicekit.http.call import Call
from servicekit.http.filters import Filter, instant, integer, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes
from servicekit.money import Money

routes = Routes("ledger")

_DAYS = dict.fromkeys(("", "gte", "gt", "lte", "lt"), fields.Date)

INVOICES = Listing(
    id=Invoice.id,
    sorts={"number": Invoice.number, "issued_on": Invoice.issued_on, "due_on": Invoice.due_on},
    default_sort="-number",
    filters={
        "status": text(Invoice.status, choices=InvoiceStatus),
        "customer_id": text(Invoice.customer_id),
        "order_id": text(Invoice.order_id),
        "issued_on": Filter(column=Invoice.issued_on, operators=_DAYS),
        "due_on": Filter(column=Invoice.due_on, operators=_DAYS),
    },
    search=lambda q: or_(
        Invoice.number.icontains(q, autoescape=True), Customer.name_key.contains(search_key(q), autoescape=True)
    ),
)

PAYMENTS = Listing(
    id=Payment.id,
    sorts={"received_on": Payment.received_on, "created_at": Payment.created_at},
    default_sort="-created_at",
    filters={
        "customer_id": text(Payment.customer_id),
        "invoice_id": text(Payment.invoice_id, nullable=True),
        "method": text(Payment.method, choices=PaymentMethod),
        "received_on": Filter(column=Payment.received_on, operators=_DAYS),
        "created_at": instant(Payment.created_at),
    },
)

BALANCES = Listing(
    id=Balance.id,
    sorts={"open_balance": Balance.open_balance_minor, "overdue": Balance.overdue_minor, "as_of": Balance.as_of},
    default_sort="-open_balance",
    filters={
        "currency": text(Balance.currency),
        "customer_id": text(Balance.customer_id),
        "open_balance_minor": integer(Balance.open_balance_minor),
        "overdue_minor": integer(Balance.overdue_minor),
    },
    search=lambda q: Customer.name_key.contains(search_key(q), autoescape=True),
)


def terms_of(settings: OrdersSettings) -> Terms:
    return Terms.of(settings.time_zone, settings.payment_days)


def customer_is_known(session: Session, given: Mapping[str, Any]) -> bool:
    """Wait a moment for a customer that was made just now; the path names it by `id`, a body by `customer_id`."""
    return is_known(session, given.get("customer_id") or given["id"])


def named_customer(call: Call) -> Customer:
    """The customer that the body names; raises Invalid at `/customer_id`."""
    customer = find_customer(call.session, call.principal, call.body["customer_id"])
    if customer is None:
        raise one_field("/customer_id", "unknown_customer", "There is no such customer.")
    return customer


@routes.page("/invoices", needs="orders:read", listing=INVOICES, returns=InvoiceRead)
def list_invoices(call: Call) -> Select[Invoice]:
    """List invoices."""
    return visible_invoices(call.principal)


@routes.get("/invoices/<id>", needs="orders:read", returns=InvoiceRead)
def show_invoice(call: Call, id: str) -> Invoice:
    """Show an invoice."""
    return get_invoice(call.session, call.principal, id)


@routes.page("/payments", needs="orders:read", listing=PAYMENTS, returns=PaymentRead)
def list_payments(call: Call) -> Select[Payment]:
    """List payments and what they paid."""
    return visible_payments(call.principal)


@routes.get("/payments/<id>", needs="orders:read", returns=PaymentRead)
def show_payment(call: Call, id: str) -> Payment:
    """Show a payment."""
    return get_payment(call.session, call.principal, id)


@routes.post(
    "/payments",
    needs="payments:write",
    body=PaymentCreate,
    returns=PaymentRead,
    location="/api/v1/payments/{id}",
    waits_for=customer_is_known,
)
def receive_payment(call: Call) -> Payment:
    """Record money that came in.

    It pays the named invoice first, then the customer's oldest; the rest stays as credit for later invoices.
    Money is taken from blocked and archived customers too: it has arrived.
    """
    body = dict(call.body)
    customer = named_customer(call)
    invoice_id = body.pop("invoice_id")
    invoice = None
    if invoice_id is not None:
        invoice = call.session.scalars(visible_invoices(call.principal).where(Invoice.id == invoice_id)).one_or_none()
        if invoice is None:
            raise one_field("/invoice_id", "unknown_invoice", "There is no such invoice.")
    return actions.receive_payment(
        call.session,
        **(body | {"customer_id": customer.id}),
        invoice=invoice,
        recorded_by=call.principal.id,
        terms=terms_of(call.settings),
        now=call.now,
    )


@routes.page("/balances", needs="orders:read", listing=BALANCES, returns=BalanceRead)
def list_balances(call: Call) -> Select[Balance]:
    """List customers by what they owe."""
    return visible_balances(call.principal)


@routes.get("/customers/<id>/balance", needs="orders:read", returns=CustomerBalanceRead, waits_for=customer_is_known)
def show_balance(call: Call, id: str) -> dict[str, Any]:
    """Show what a customer owes and has bought."""
    customer = get_customer(call.session, call.principal, id)
    return _answer(call, customer, balances_of(call.session, customer.id))


@routes.action(
    "/customers/<id>/balance:refresh", needs="orders:read", returns=CustomerBalanceRead, waits_for=customer_is_known
)
def refresh_balance(call: Call, id: str) -> dict[str, Any]:
    """Recompute a customer's balance from the ledger now."""
    customer = get_customer(call.session, call.principal, id)
    found = actions.refresh_balances(call.session, customer_id=customer.id, terms=terms_of(call.settings), now=call.now)
    return _answer(call, customer, found)


def _answer(call: Call, customer: Customer, balances: list[Balance]) -> dict[str, Any]:
    main = balances[0] if balances else None
    currency = main.currency if main else call.settings.currency
    nothing = Money.from_minor(0, currency)
    return {
        "customer_id": customer.id,
        "customer_name": customer.name,
        "currency": currency,
        "open_balance": main.open_balance if main else nothing,
        "total_value": main.total_value if main else nothing,
        "overdue": main.overdue if main else nothing,
        "credit": main.credit if main else nothing,
        "orders": main.orders if main else 0,
        "last_order_at": main.last_order_at if main else None,
        "as_of": main.as_of if main else call.now,
        "balances": balances,
    }
