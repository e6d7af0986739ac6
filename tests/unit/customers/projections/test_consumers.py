"""What other services published is stored: the newest version wins, and the figures of a customer follow."""

import itertools

import pytest

from tests.unit.customers.events import (
    balance_changed,
    case_event,
    event_of_case,
    user_event,
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_newest_version_of_a_case_decides_whether_it_is_open(customers, order):
    customer = customers.organization()
    events = [
        case_event("opened", sequence=1),
        case_event("linked", sequence=2, customer_id=customer["id"]),
        case_event("closed", sequence=3, customer_id=customer["id"], is_open=False, status="closed"),
    ]
    for position in order:
        customers.deliver(events[position])
    assert customers.staff.get(f"/customers/{customer['id']}").get_json()["facts"]["open_cases"] == 0
    assert len(customers.titles(customer["id"])) == 4


def test_an_open_case_counts_for_the_contact_as_well(customers):
    company, ana = customers.organization(), customers.individual()
    customers.deliver(case_event("linked", customer_id=company["id"], contact_id=ana["id"]))
    for customer in (company, ana):
        assert customers.staff.get(f"/customers/{customer['id']}").get_json()["facts"]["open_cases"] == 1


def test_open_cases_are_counted_for_the_customer_they_belong_to(customers):
    first, second = customers.organization(), customers.organization()
    customers.deliver(case_event("opened", customer_id=first["id"]))
    customers.deliver(case_event("opened", id="cas_2", number="C-000002", customer_id=first["id"]))
    facts = lambda customer: customers.staff.get(f"/customers/{customer['id']}").get_json()["facts"]["open_cases"]
    assert (facts(first), facts(second)) == (2, 0)
    customers.deliver(case_event("linked", sequence=2, customer_id=second["id"]))
    assert (facts(first), facts(second)) == (1, 1)
    customers.deliver(case_event("closed", sequence=3, customer_id=second["id"], is_open=False))
    assert (facts(first), facts(second)) == (1, 0)


@pytest.mark.proves("F106")
@pytest.mark.parametrize("newest_last", [True, False])
def test_the_header_figures_are_those_of_the_newest_balance(customers, newest_last):
    customer = customers.organization()
    events = [
        balance_changed(customer["id"], sequence=1),
        balance_changed(customer["id"], sequence=2, total="300.00", open_="0.00", orders=2),
    ]
    for event in events if newest_last else reversed(events):
        customers.deliver(event)
    shown = customers.staff.get(f"/customers/{customer['id']}").get_json()
    assert shown["facts"]["total_value"] == {"amount": "300.00", "currency": "EUR"}
    assert shown["facts"]["open_balance"] == {"amount": "0.00", "currency": "EUR"}
    assert shown["facts"]["orders"] == 2
    assert shown["facts"]["last_order_at"] == "2026-11-01T10:00:00.000Z"
    assert shown["customer_since"] == shown["created_at"][:10]


def test_two_currencies_show_the_one_most_used_and_count_all_orders(customers):
    customer = customers.organization()
    customers.deliver(balance_changed(customer["id"], currency="USD", orders=1))
    customers.deliver(balance_changed(customer["id"], currency="EUR", orders=3, total="9.00"))
    facts = customers.staff.get(f"/customers/{customer['id']}").get_json()["facts"]
    assert facts["total_value"] == {"amount": "9.00", "currency": "EUR"}
    assert facts["orders"] == 4


def test_a_new_customer_has_empty_figures(customers):
    facts = customers.organization()["facts"]
    assert facts == {
        "total_value": None,
        "open_balance": None,
        "orders": 0,
        "open_cases": 0,
        "last_order_at": None,
        "last_interaction_at": None,
    }


def test_the_newest_name_of_a_user_is_shown(customers):
    customer = customers.organization()
    customers.deliver(user_event(name="Ines Silva", sequence=2, what="updated"))
    customers.deliver(user_event(name="Ines Duarte", sequence=1))
    customers.deliver(
        event_of_case("step.decided.v1", customer_id=customer["id"], outcome="reject", note=None, decided_by="usr_ines")
    )
    assert customers.titles(customer["id"])[0] == "Rejected: Approve refund, by Ines Silva"
