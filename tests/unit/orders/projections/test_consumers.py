"""What the projection of a customer shows after events that come in any order."""

import pytest

from orders.projections.models import CustomerProjection
from tests.unit.orders.conftest import OrdersHarness

CUSTOMER = {"id": "cus_ada", "number": "CU-000001", "personal": {"name": "Ada King"}}


def test_an_older_event_never_overwrites_what_is_known_of_a_customer(orders: OrdersHarness) -> None:
    orders.create_product()
    orders.receive_customer(event="customer.blocked.v1", sequence=5, is_blocked=True)
    orders.receive_customer(event="customer.updated.v1", sequence=4, name="Too Late")
    refused = orders.staff.post("/orders", {"customer_id": orders.customer_id, "lines": [{"sku": "BOOK"}]})
    assert refused.json["code"] == "customer_blocked"
    assert "Ada Lovelace" in refused.json["detail"]


@pytest.mark.parametrize(
    "event",
    [
        "customer.updated.v1",
        "customer.archived.v1",
        "customer.restored.v1",
        "customer.blocked.v1",
        "customer.unblocked.v1",
    ],
)
def test_every_event_of_a_customer_brings_its_whole_state(orders: OrdersHarness, event: str) -> None:
    orders.receive_customer("Countess", event=event, is_archived=True, is_blocked=True, team_id="tea_north")
    with orders.running.service.database.read() as session:
        customer = session.get_one(CustomerProjection, orders.customer_id)
        assert (customer.name, customer.name_key, customer.team_id) == ("Countess", "countess", "tea_north")
        assert (customer.is_archived, customer.is_blocked) == (True, True)


def test_the_same_event_twice_changes_nothing(orders: OrdersHarness) -> None:
    body = orders.receive("customer.updated.v1", CUSTOMER, sequence=7)
    orders.running.receive(body)
    orders.receive("customer.updated.v1", CUSTOMER | {"personal": {"name": "Late"}}, sequence=7)
    with orders.running.service.database.read() as session:
        customer = session.get_one(CustomerProjection, orders.customer_id)
        assert (customer.name, customer.sequence) == ("Ada King", 7)
