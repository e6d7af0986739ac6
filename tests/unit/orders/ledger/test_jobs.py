"""Balances are recomputed by night."""

import pytest

from tests.unit.orders.conftest import OrdersHarness
from tests.unit.orders.ledger.sums import euros, spoil_balances


@pytest.mark.proves("F162")
def test_the_night_recomputes_each_balance_once(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    orders.confirmed_order()
    spoil_balances(orders)
    assert orders.running.run_job("recompute_balances") == 0
    orders.harness.clock.move(hours=12)
    assert orders.running.run_job("recompute_balances") == 1
    assert orders.running.run_job("recompute_balances") == 0
    assert orders.balance()["open_balance"] == euros("100.00")
    assert orders.balance()["as_of"] == "2026-03-11T00:00:00.000Z"
    assert orders.recorded("balance.changed.v1")[-1]["data"]["open_balance"] == euros("100.00")


def test_what_is_unpaid_after_its_day_is_overdue_from_the_next_night(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    orders.confirmed_order()
    orders.harness.clock.move(days=14)
    orders.running.run_job("recompute_balances")
    assert orders.balance()["overdue"] == euros("0.00")
    orders.harness.clock.move(days=1)
    orders.running.run_job("recompute_balances")
    assert orders.balance()["overdue"] == euros("100.00")
    assert orders.staff.get("/invoices?due_on[lt]=2026-03-25&status=open").json["data"][0]["number"] == "INV-000001"
