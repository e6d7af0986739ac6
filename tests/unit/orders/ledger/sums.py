"""Amounts as the API shows them, and wrong ones in the database."""

from sqlalchemy import text

from tests.unit.orders.conftest import OrdersHarness


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def spoil_balances(orders: OrdersHarness) -> None:
    """A bug left a wrong sum behind."""
    with orders.running.service.database.write() as session:
        session.execute(text("UPDATE balances SET open_balance_minor = 7"))
