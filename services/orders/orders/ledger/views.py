"""Invoices, payments and balances over HTTP."""

from typing import Any

from sqlalchemy import Select

from orders.ledger import actions, queries
from orders.ledger.listing import BALANCES, INVOICES, PAYMENTS
from orders.ledger.models import Balance, Invoice, Payment
from orders.ledger.rules import Terms
from orders.ledger.schemas import BalanceRead, CustomerBalanceRead, InvoiceRead, PaymentCreate, PaymentRead
from orders.projections.models import CustomerProjection
from orders.projections.queries import get_customer, get_customer_of_body, is_customer_known
from servicekit.http.call import Call
from servicekit.http.routes import Routes
from servicekit.money import Money

routes = Routes("ledger")


@routes.page("/invoices", needs="orders:read", listing=INVOICES, returns=InvoiceRead)
def list_invoices(call: Call) -> Select[Invoice]:
    """List invoices."""
    return queries.visible_invoices(call.principal)


@routes.get("/invoices/<id>", needs="orders:read", returns=InvoiceRead)
def get_invoice(call: Call, id: str) -> Invoice:
    """Show an invoice."""
    return queries.get_invoice(call.session, call.principal, id)


@routes.page("/payments", needs="orders:read", listing=PAYMENTS, returns=PaymentRead)
def list_payments(call: Call) -> Select[Payment]:
    """List payments and what they paid."""
    return queries.visible_payments(call.principal)


@routes.get("/payments/<id>", needs="orders:read", returns=PaymentRead)
def get_payment(call: Call, id: str) -> Payment:
    """Show a payment."""
    return queries.get_payment(call.session, call.principal, id)


@routes.post(
    "/payments",
    needs="payments:write",
    body=PaymentCreate,
    returns=PaymentRead,
    location="/api/v1/payments/{id}",
    waits_for=lambda session, body: is_customer_known(session, body["customer_id"]),
)
def receive_payment(call: Call) -> Payment:
    """Record money that came in.

    It pays the named invoice first, then the customer's oldest; the rest stays as credit for later invoices.
    Money is taken from blocked and archived customers too: it has arrived.
    """
    body = dict(call.body)
    customer = get_customer_of_body(call.session, call.principal, body.pop("customer_id"))
    invoice_id = body.pop("invoice_id")
    invoice = None
    if invoice_id is not None:
        invoice = queries.get_invoice_of_body(call.session, call.principal, invoice_id)
    terms = Terms.from_settings(call.settings)
    return actions.receive_payment(
        call.session, by=call.by, customer_id=customer.id, invoice=invoice, terms=terms, **body
    )


@routes.page("/balances", needs="orders:read", listing=BALANCES, returns=BalanceRead)
def list_balances(call: Call) -> Select[Balance]:
    """List customers by what they owe."""
    return queries.visible_balances(call.principal)


@routes.get(
    "/customers/<id>/balance",
    needs="orders:read",
    returns=CustomerBalanceRead,
    waits_for=lambda session, path: is_customer_known(session, path["id"]),
)
def get_customer_balance(call: Call, id: str) -> dict[str, Any]:
    """Show what a customer owes and has bought."""
    customer = get_customer(call.session, call.principal, id)
    return _answer(call, customer, queries.balances_of(call.session, customer.id))


@routes.action(
    "/customers/<id>/balance:refresh",
    needs="orders:read",
    returns=CustomerBalanceRead,
    waits_for=lambda session, path: is_customer_known(session, path["id"]),
)
def refresh_customer_balance(call: Call, id: str) -> dict[str, Any]:
    """Recompute a customer's balance from the ledger now."""
    customer = get_customer(call.session, call.principal, id)
    terms = Terms.from_settings(call.settings)
    return _answer(call, customer, actions.refresh_balances(call.session, customer, by=call.by, terms=terms))


def _answer(call: Call, customer: CustomerProjection, balances: list[Balance]) -> dict[str, Any]:
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
