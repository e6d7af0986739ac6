"""When something last passed between us and a customer."""

from tests.unit.customers.events import (
    MESSAGE,
    case_event,
    event_of_case,
    order_event,
)


def test_the_last_interaction_is_the_latest_wherever_it_came_from(customers):
    customer = customers.organization()
    customers.deliver(order_event("placed", customer["id"], more={"time": "2026-11-03T10:00:00Z"}))
    customers.deliver(case_event("opened", customer_id=customer["id"], more={"time": "2026-11-02T10:00:00Z"}))
    customers.deliver(event_of_case("workflow.started.v1", more={"time": "2026-11-09T10:00:00Z"}))
    facts = customers.staff.get(f"/customers/{customer['id']}").get_json()["facts"]
    assert facts["last_interaction_at"] == "2026-11-03T10:00:00.000Z"


def test_an_internal_remark_is_no_interaction(customers):
    customer = customers.organization()
    customers.deliver(event_of_case("message.added.v1", **{**MESSAGE, "is_internal": True}, more={}))
    customers.deliver(case_event("linked", customer_id=customer["id"]))
    assert "Internal remark on case C-000001" in customers.titles(customer["id"])
    assert customers.staff.get(f"/customers/{customer['id']}").get_json()["facts"]["last_interaction_at"] is None
