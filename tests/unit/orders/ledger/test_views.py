"""Invoices, payments and balances, over HTTP."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.unit.orders.conftest import OrdersHarness
from tests.unit.orders.ledger.sums import euros, spoil_balances


@pytest.mark.proves("F160")
def test_a_confirmed_order_is_owed_until_it_is_paid(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    order = orders.place_order()
    assert orders.balance()["open_balance"] == euros("0.00")
    orders.confirm_order(order)
    assert orders.balance()["open_balance"] == euros("100.00")
    assert orders.balance()["total_value"] == euros("100.00")
    orders.receive_payment("40.00")
    assert orders.open_amount(order) == "60.00"
    assert orders.balance()["open_balance"] == euros("60.00")
    orders.receive_payment("60.00")
    assert orders.open_amount(order) == "0.00"
    invoice = orders.staff.get("/invoices").json["data"][0]
    assert (invoice["status"], invoice["customer_name"]) == ("paid", "Ada Lovelace")


def test_payments_settle_the_oldest_invoice_first(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    placed = [orders.confirmed_order() for _ in range(3)]
    payment = orders.receive_payment("150.00")
    assert [orders.open_amount(order) for order in placed] == ["0.00", "50.00", "100.00"]
    assert [one["amount"]["amount"] for one in payment["allocations"]] == ["100.00", "50.00"]


def test_a_named_invoice_is_settled_before_the_oldest(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    first, second = orders.confirmed_order(), orders.confirmed_order()
    payment = orders.receive_payment("130.00", invoice_id=second["invoice"]["id"], method="card", reference="TX-1")
    assert (orders.open_amount(first), orders.open_amount(second)) == ("70.00", "0.00")
    assert orders.staff.get(f"/payments/{payment['id']}").json == payment


def test_an_overpayment_is_credit_and_pays_the_next_invoice(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    orders.confirmed_order()
    payment = orders.receive_payment("130.00")
    assert payment["unapplied"] == euros("30.00")
    assert (orders.balance()["credit"], orders.balance()["open_balance"]) == (euros("30.00"), euros("-30.00"))
    later = orders.confirmed_order()
    assert later["invoice"]["open"] == euros("70.00")
    assert (orders.balance()["credit"], orders.balance()["open_balance"]) == (euros("0.00"), euros("70.00"))


def test_cancelling_voids_the_invoice_and_frees_what_had_paid_it(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    first, second = orders.confirmed_order(), orders.confirmed_order()
    orders.receive_payment("100.00")
    cancelled = orders.staff.post(f"/orders/{first['id']}:cancel", {"reason": "Returned"})
    assert cancelled.json["invoice"]["status"] == "void"
    assert orders.open_amount(second) == "0.00"
    balance = orders.balance()
    assert (balance["open_balance"], balance["total_value"], balance["orders"]) == (euros("0.00"), euros("100.00"), 1)
    refused = orders.staff.post(
        "/payments",
        {"customer_id": orders.customer_id, "invoice_id": first["invoice"]["id"], "amount": euros("1.00")},
    )
    assert (refused.status_code, refused.json["code"]) == (409, "invoice_is_void")


def test_a_payment_that_cannot_be_is_refused_by_field(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    invoice_id = orders.confirmed_order()["invoice"]["id"]
    wrong = {
        "/amount/amount": {"amount": euros("0.00")},
        "/amount/currency": {"amount": {"amount": "1.00", "currency": "USD"}, "invoice_id": invoice_id},
        "/invoice_id": {"amount": euros("1.00"), "invoice_id": "inv_none"},
        "/method": {"amount": euros("1.00"), "method": "barter"},
    }
    for pointer, body in wrong.items():
        answer = orders.staff.post("/payments", {"customer_id": orders.customer_id, **body})
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert orders.balance()["open_balance"] == euros("100.00")


def test_each_currency_has_a_balance_of_its_own(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    orders.create_product("YEN", "500", currency="JPY")
    orders.confirmed_order({"sku": "BOOK"})
    orders.harness.clock.move(minutes=1)
    orders.confirmed_order({"sku": "YEN"})
    orders.receive_payment("20.00")
    balance = orders.balance()
    assert balance["currency"] == "JPY"
    assert {one["currency"]: one["open_balance"]["amount"] for one in balance["balances"]} == {
        "JPY": "500",
        "EUR": "80.00",
    }


def test_a_customer_without_orders_owes_nothing(orders: OrdersHarness) -> None:
    balance = orders.balance()
    assert (balance["open_balance"], balance["orders"], balance["balances"]) == (euros("0.00"), 0, [])
    assert orders.staff.get("/customers/cus_nobody/balance").status_code == 404


def test_unpaid_balances_are_listed_with_the_highest_first(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    orders.confirmed_order()
    orders.receive_customer(id="cus_zoe", name="Zoe", number="CU-000002")
    orders.customer_id = "cus_zoe"
    orders.confirmed_order({"sku": "BOOK", "quantity": 2})
    listed = orders.staff.get("/balances?open_balance_minor[gt]=0").json["data"]
    assert [(one["customer_name"], one["open_balance"]["amount"]) for one in listed] == [
        ("Zoe", "200.00"),
        ("Ada Lovelace", "100.00"),
    ]


@pytest.mark.proves("F163")
def test_a_balance_is_recomputed_from_the_ledger_when_asked(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    orders.confirmed_order()
    spoil_balances(orders)
    orders.harness.clock.move(hours=1)
    refreshed = orders.staff.post(f"/customers/{orders.customer_id}/balance:refresh")
    assert refreshed.json["open_balance"] == euros("100.00")
    assert refreshed.json["as_of"] == "2026-03-10T13:00:00.000Z"
    assert len(orders.recorded("balance.changed.v1")) == 3


def test_a_refresh_that_finds_nothing_new_publishes_nothing(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    orders.confirmed_order()
    before = orders.recorded("balance.changed.v1")
    orders.harness.clock.move(hours=1)
    orders.staff.post(f"/customers/{orders.customer_id}/balance:refresh")
    assert orders.recorded("balance.changed.v1") == before


def test_the_database_refuses_to_change_the_ledger_or_to_allocate_too_much(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    orders.confirmed_order()
    orders.receive_payment("10.00")
    for statement in (
        "UPDATE ledger_entries SET amount_minor = 0",
        "DELETE FROM ledger_entries",
        "UPDATE payments SET allocated_minor = amount_minor + 1",
        "UPDATE invoices SET paid_minor = total_minor + 1",
        "UPDATE orders SET total_minor = total_minor + 1",
    ):
        with pytest.raises(IntegrityError), orders.running.service.database.write() as session:
            session.execute(text(statement))


def test_a_payment_is_published_with_its_amount(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "100.00")
    order = orders.confirmed_order()
    payment = orders.receive_payment("10.00", invoice_id=order["invoice"]["id"])
    assert orders.recorded("payment.received.v1")[0]["data"] == {
        "id": payment["id"],
        "customer_id": "cus_ada",
        "invoice_id": order["invoice"]["id"],
        "amount": euros("10.00"),
    }


def test_who_may_not_book_money_may_still_look(orders: OrdersHarness) -> None:
    seller = orders.client("orders:read", "orders:write")
    body = {"customer_id": orders.customer_id, "amount": euros("1.00")}
    assert seller.post("/payments", body).status_code == 403
    assert seller.get("/payments").status_code == 200
