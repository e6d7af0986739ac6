"""The demo: the same for everybody, loaded once, and with every kind of thing in it."""

import threading
from collections import Counter
from pathlib import Path

import pytest

from ops.demo import data as demo_data
from ops.demo.__main__ import Book


def test_everybody_gets_the_same_demo() -> None:
    assert demo_data.draw() == demo_data.draw()


def test_nobody_in_the_demo_can_be_written_to() -> None:
    demo = demo_data.draw()
    addresses = [customer.body["email"] for customer in demo.customers]
    addresses += [contact["email"] for customer in demo.customers for contact in customer.contacts]
    addresses += [answers["email"] for _, answers in demo.submissions]
    assert all(address.endswith(".example") for address in addresses)
    assert [address for address, times in Counter(addresses).items() if times > 1] == []


def test_cases_and_orders_are_shown_in_several_states() -> None:
    customers = demo_data.draw().customers
    assert {order["until"] for customer in customers for order in customer.orders} >= {"placed", "confirmed", "paid"}
    assert len({str(case["until"]) for customer in customers for case in customer.cases}) >= 4
    assert {case["type"] for customer in customers for case in customer.cases} == {"repair", "complaint", "question"}


def test_what_is_in_the_book_is_not_made_again(tmp_path: Path) -> None:
    made: list[str] = []

    def make(key: str) -> str:
        made.append(key)
        return "cus_1"

    first = Book(tmp_path / "demo.json")
    with first.kept():
        assert first.once("customer a", make) == "cus_1"
    second = Book(tmp_path / "demo.json")
    assert second.is_complete
    assert second.once("customer a", make) == "cus_1"
    assert len(made) == 1


def test_a_load_that_broke_off_goes_on_where_it_was(tmp_path: Path) -> None:
    book = Book(tmp_path / "demo.json")

    def load() -> None:
        with book.kept():
            book.once("customer a", lambda _: "cus_1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        load()
    again = Book(tmp_path / "demo.json")
    assert not again.is_complete
    assert list(again.named("customer ")) == [("customer a", "cus_1")]


def test_the_api_gets_the_same_key_for_the_same_thing_again(tmp_path: Path) -> None:
    keys: list[str] = []
    for _ in range(2):
        Book(tmp_path / "demo.json").once("order a 0", lambda key: keys.append(key) or "ord_1")
    assert keys[0] == keys[1]


def test_the_book_takes_entries_from_several_threads(tmp_path: Path) -> None:
    book = Book(tmp_path / "demo.json")
    threads = [threading.Thread(target=book.once, args=(f"note {n}", str)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(book.named("note "))) == 30
