"""What the service refuses to start with, and what it shows of itself."""

from pathlib import Path

import pytest

from orders.app import create_app
from orders.settings import OrdersSettings
from servicekit.settings import BadSettings
from servicekit.testing.harness import Clock
from tests.unit.orders.conftest import NOON, OrdersHarness


@pytest.mark.parametrize(
    ("name", "value"), [("CRM_TIME_ZONE", "Nowhere/Land"), ("CRM_PAYMENT_DAYS", "-1"), ("CRM_PAYMENT_DAYS", "soon")]
)
def test_a_setting_that_cannot_be_is_named_at_the_start(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        OrdersHarness.start(tmp_path, create_app, OrdersSettings, **{name: value})


def test_invoices_carry_the_date_of_the_companys_time_zone(tmp_path: Path) -> None:
    environ = {"CRM_TIME_ZONE": "Pacific/Auckland", "CRM_PAYMENT_DAYS": "30"}
    orders = OrdersHarness.start(tmp_path, create_app, OrdersSettings, clock=Clock(NOON), **environ)
    orders.receive_customer()
    orders.create_product()
    invoice = orders.confirmed_order()["invoice"]
    assert (invoice["issued_on"], invoice["due_on"]) == ("2026-03-11", "2026-04-10")
    orders.close()


def test_every_route_is_documented_with_its_permission(orders: OrdersHarness) -> None:
    document = orders.running.app.test_client().get("/openapi.json").json
    needs = {
        f"{method} {path.removeprefix('/api/v1')}": operation["x-needs"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert needs["post /orders/{id}:confirm"] == "orders:write"
    assert needs["post /payments"] == "payments:write"
    assert needs["patch /products/{id}"] == "products:write"
    assert all(need.endswith((":read", ":write")) for need in needs.values())


def test_nobody_is_answered_without_an_identity(orders: OrdersHarness) -> None:
    client = orders.running.app.test_client()
    assert client.get("/api/v1/orders").status_code == 401
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").json["status"] == "ready"
