"""The orders service on a fresh database, at noon of a known day, with a customer named Ada who may buy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orders.app import create_app
from orders.settings import OrdersSettings
from servicekit.testing.harness import ApiClient, Clock
from tests.unit.harness import ServiceHarness

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@dataclass
class OrdersHarness(ServiceHarness):
    """The service, and the requests that its tests make often, on behalf of `customer_id`."""

    customer_id: str = "cus_ada"

    @property
    def staff(self) -> ApiClient:
        """Somebody who may do everything in this service."""
        return self.client("orders:*", "products:*", "payments:*")

    def receive_customer(self, name: str = "Ada Lovelace", *, event: str = "customer.created.v1", **more: Any) -> str:
        """A customer was published; by default it is Ada."""
        return super().receive_customer(name, event=event, **{"id": self.customer_id, **more})

    def create_product(self, sku: str = "BOOK", price: str = "10.00", **more: Any) -> dict[str, Any]:
        currency = more.pop("currency", "EUR")
        body = {"sku": sku, "name": f"The {sku}", "unit_price": {"amount": price, "currency": currency}, **more}
        answer = self.staff.post("/products", body)
        assert answer.status_code == 201, answer.json
        return answer.json

    def place_order(self, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        body = {"customer_id": self.customer_id, "lines": list(lines) or [{"sku": "BOOK"}], **more}
        answer = self.staff.post("/orders", body)
        assert answer.status_code == 201, answer.json
        return answer.json

    def confirm_order(self, order: dict[str, Any]) -> dict[str, Any]:
        answer = self.staff.post(f"/orders/{order['id']}:confirm", headers={"If-Match": f'"{order["version"]}"'})
        assert answer.status_code == 200, answer.json
        return answer.json

    def confirmed_order(self, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        """An order that is placed and confirmed, so that it has an invoice."""
        return self.confirm_order(self.place_order(*lines, **more))

    def receive_payment(self, amount: str, **more: Any) -> dict[str, Any]:
        money = {"amount": amount, "currency": more.pop("currency", "EUR")}
        answer = self.staff.post("/payments", {"customer_id": self.customer_id, "amount": money, **more})
        assert answer.status_code == 201, answer.json
        return answer.json

    def balance(self) -> dict[str, Any]:
        answer = self.staff.get(f"/customers/{self.customer_id}/balance")
        assert answer.status_code == 200, answer.json
        return answer.json

    def open_amount(self, order: dict[str, Any]) -> str:
        """What is still to pay of its invoice."""
        return str(self.staff.get(f"/orders/{order['id']}").json["invoice"]["open"]["amount"])


@pytest.fixture
def orders(tmp_path: Path) -> Iterator[OrdersHarness]:
    orders = OrdersHarness.start(tmp_path, create_app, OrdersSettings, clock=Clock(NOON))
    orders.receive_customer()
    yield orders
    orders.close()
