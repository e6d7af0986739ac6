"""The demo data: the same for everybody, and with every kind of thing in it."""

from collections import Counter

from ops.demo import data


def test_everybody_gets_the_same_demo() -> None:
    assert data.draw() == data.draw()


def test_nobody_in_the_demo_can_be_written_to() -> None:
    demo = data.draw()
    addresses = [customer.body["email"] for customer in demo.customers]
    addresses += [contact["email"] for customer in demo.customers for contact in customer.contacts]
    addresses += [answers["email"] for _, answers in demo.submissions]
    assert all(address.endswith(".example") for address in addresses)
    assert [address for address, times in Counter(addresses).items() if times > 1] == []


def test_cases_and_orders_are_shown_in_several_states() -> None:
    customers = data.draw().customers
    assert {order["until"] for customer in customers for order in customer.orders} >= {"placed", "confirmed", "paid"}
    assert len({str(case["until"]) for customer in customers for case in customer.cases}) >= 4
    assert {case["type"] for customer in customers for case in customer.cases} == {"repair", "complaint", "question"}
