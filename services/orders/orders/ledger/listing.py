"""The listings of invoices, payments and balances: what they can be filtered, searched and sorted by."""

from marshmallow import fields
from sqlalchemy import or_

from orders.ledger.models import Balance, Invoice, Payment
from orders.ledger.rules import InvoiceStatus, PaymentMethod
from orders.projections.models import CustomerProjection
from orders.projections.rules import search_key
from servicekit.http.filters import Filter, instant, integer, text
from servicekit.http.listing import Listing

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
        Invoice.number.icontains(q, autoescape=True),
        CustomerProjection.name_key.contains(search_key(q), autoescape=True),
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
    search=lambda q: CustomerProjection.name_key.contains(search_key(q), autoescape=True),
)
