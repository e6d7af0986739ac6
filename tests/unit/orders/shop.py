"""Short words for what the tests of orders say often."""

from dataclasses import dataclass
from typing import Any

from servicekit.testing.harness import ApiClient, RunningService, envelope


@dataclass
class Shop:
    """The service, a caller who may do everything in it, and a customer named Ada."""

    running: RunningService
    client: ApiClient
    customer_id: str = "cus_ada"

    def hears_customer(self, event_type: str = "customer.created.v1", **state: Any) -> None:
        """The directory tells a customer's state; by default it is Ada's."""
        name = state.pop("name", "Ada Lovelace")
        more = {key: state.pop(key) for key in ("sequence", "id") if key in state}
        customer_id = more.pop("id", self.customer_id)
        known = {"number": "CU-000001", "kind": "individual", "status": "active", "owner_id": None, "team_id": None}
        data = {"id": customer_id, **known, "is_archived": False, "is_blocked": False, "changed": [], **state}
        personal = {"name": name, "email": "ada@example.com", "phone": None, "language": "en"}
        self.running.receive(envelope(event_type, {**data, "personal": personal}, subject=customer_id, **more))

    def product(self, sku: str = "BOOK", price: str = "10.00", **more: Any) -> dict[str, Any]:
        currency = more.pop("currency", "EUR")
        body = {"sku": sku, "name": f"The {sku}", "unit_price": {"amount": price, "currency": currency}, **more}
        answer = self.client.post("/products", body)
        assert answer.status_code == 201, answer.json
        return answer.json

    def place(self, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        body = {"customer_id": self.customer_id, "lines": list(lines) or [{"sku": "BOOK"}], **more}
        answer = self.client.post("/orders", body)
        assert answer.status_code == 201, answer.json
        return answer.json

    def confirm(self, order: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(f"/orders/{order['id']}:confirm", headers={"If-Match": f'"{order["version"]}"'})
        assert answer.status_code == 200, answer.json
        return answer.json

    def invoiced(self, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
        """An order that is placed and confirmed."""
        return self.confirm(self.place(*lines, **more))

    def pay(self, amount: str, **more: Any) -> dict[str, Any]:
        money = {"amount": amount, "currency": more.pop("currency", "EUR")}
        answer = self.client.post("/payments", {"customer_id": self.customer_id, "amount": money, **more})
        assert answer.status_code == 201, answer.json
        return answer.json

    def balance(self) -> dict[str, Any]:
        answer = self.client.get(f"/customers/{self.customer_id}/balance")
        assert answer.status_code == 200, answer.json
        return answer.json

    def open_of(self, order: dict[str, Any]) -> str:
        return str(self.client.get(f"/orders/{order['id']}").json["invoice"]["open"]["amount"])

    def recorded(self, event_type: str) -> list[dict[str, Any]]:
        return [one for one in self.running.recorded() if one["type"] == event_type]
