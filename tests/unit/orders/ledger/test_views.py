"""Invoices, payments and balances, over HTTP."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.unit.orders.shop import Shop


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


@pytest.mark.proves("F160")
def test_a_confirmed_order_is_owed_until_it_is_paid(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    order = shop.place()
    assert shop.balance()["open_balance"] == euros("0.00")
    shop.confirm(order)
    assert shop.balance()["open_balance"] == euros("100.00")
    assert shop.balance()["total_value"] == euros("100.00")
    shop.pay("40.00")
    assert shop.open_of(order) == "60.00"
    assert shop.balance()["open_balance"] == euros("60.00")
    shop.pay("60.00")
    assert shop.open_of(order) == "0.00"
    invoice = shop.client.get("/invoices").json["data"][0]
    assert (invoice["status"], invoice["customer_name"]) == ("paid", "Ada Lovelace")


def test_payments_settle_the_oldest_invoice_first(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    orders = [shop.invoiced() for _ in range(3)]
    payment = shop.pay("150.00")
    assert [shop.open_of(order) for order in orders] == ["0.00", "50.00", "100.00"]
    assert [one["amount"]["amount"] for one in payment["allocations"]] == ["100.00", "50.00"]


def test_a_named_invoice_is_settled_before_the_oldest(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    first, second = shop.invoiced(), shop.invoiced()
    payment = shop.pay("130.00", invoice_id=second["invoice"]["id"], method="card", reference="TX-1")
    assert (shop.open_of(first), shop.open_of(second)) == ("70.00", "0.00")
    assert shop.client.get(f"/payments/{payment['id']}").json == payment


def test_an_overpayment_is_credit_and_pays_the_next_invoice(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    shop.invoiced()
    payment = shop.pay("130.00")
    assert payment["unapplied"] == euros("30.00")
    assert (shop.balance()["credit"], shop.balance()["open_balance"]) == (euros("30.00"), euros("-30.00"))
    later = shop.invoiced()
    assert later["invoice"]["open"] == euros("70.00")
    assert (shop.balance()["credit"], shop.balance()["open_balance"]) == (euros("0.00"), euros("70.00"))


def test_cancelling_voids_the_invoice_and_frees_what_had_paid_it(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    first, second = shop.invoiced(), shop.invoiced()
    shop.pay("100.00")
    cancelled = shop.client.post(f"/orders/{first['id']}:cancel", {"reason": "Returned"})
    assert cancelled.json["invoice"]["status"] == "void"
    assert shop.open_of(second) == "0.00"
    balance = shop.balance()
    assert (balance["open_balance"], balance["total_value"], balance["orders"]) == (euros("0.00"), euros("100.00"), 1)
    refused = shop.client.post(
        "/payments",
        {"customer_id": shop.customer_id, "invoice_id": first["invoice"]["id"], "amount": euros("1.00")},
    )
    assert (refused.status_code, refused.json["code"]) == (409, "invoice_is_void")


def test_a_payment_that_cannot_be_is_refused_by_field(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    invoice_id = shop.invoiced()["invoice"]["id"]
    wrong = {
        "/amount/amount": {"amount": euros("0.00")},
        "/amount/currency": {"amount": {"amount": "1.00", "currency": "USD"}, "invoice_id": invoice_id},
        "/invoice_id": {"amount": euros("1.00"), "invoice_id": "inv_none"},
        "/method": {"amount": euros("1.00"), "method": "barter"},
    }
    for pointer, body in wrong.items():
        answer = shop.client.post("/payments", {"customer_id": shop.customer_id, **body})
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert shop.balance()["open_balance"] == euros("100.00")


def test_each_currency_has_a_balance_of_its_own(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    shop.product("YEN", "500", currency="JPY")
    shop.invoiced({"sku": "BOOK"})
    shop.running.harness.clock.move(minutes=1)
    shop.invoiced({"sku": "YEN"})
    shop.pay("20.00")
    balance = shop.balance()
    assert balance["currency"] == "JPY"
    assert {one["currency"]: one["open_balance"]["amount"] for one in balance["balances"]} == {
        "JPY": "500",
        "EUR": "80.00",
    }


def test_a_customer_without_orders_owes_nothing(shop: Shop) -> None:
    balance = shop.balance()
    assert (balance["open_balance"], balance["orders"], balance["balances"]) == (euros("0.00"), 0, [])
    assert shop.client.get("/customers/cus_nobody/balance").status_code == 404


def test_unpaid_balances_are_listed_with_the_highest_first(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    shop.invoiced()
    shop.hears_customer(id="cus_zoe", name="Zoe", number="CU-000002")
    shop.customer_id = "cus_zoe"
    shop.invoiced({"sku": "BOOK", "quantity": 2})
    listed = shop.client.get("/balances?open_balance_minor[gt]=0").json["data"]
    assert [(one["customer_name"], one["open_balance"]["amount"]) for one in listed] == [
        ("Zoe", "200.00"),
        ("Ada Lovelace", "100.00"),
    ]


@pytest.mark.proves("F163")
def test_a_balance_is_recomputed_from_the_ledger_when_asked(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    shop.invoiced()
    spoil(shop)
    shop.running.harness.clock.move(hours=1)
    refreshed = shop.client.post(f"/customers/{shop.customer_id}/balance:refresh")
    assert refreshed.json["open_balance"] == euros("100.00")
    assert refreshed.json["as_of"] == "2026-03-10T13:00:00.000Z"
    assert len(shop.recorded("balance.changed.v1")) == 3


def test_a_refresh_that_finds_nothing_new_tells_nothing(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    shop.invoiced()
    before = shop.recorded("balance.changed.v1")
    shop.running.harness.clock.move(hours=1)
    shop.client.post(f"/customers/{shop.customer_id}/balance:refresh")
    assert shop.recorded("balance.changed.v1") == before


@pytest.mark.proves("F162")
def test_the_night_recomputes_each_balance_once(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    shop.invoiced()
    spoil(shop)
    assert shop.running.run_job("recompute_balances") == 0
    shop.running.harness.clock.move(hours=12)
    assert shop.running.run_job("recompute_balances") == 1
    assert shop.running.run_job("recompute_balances") == 0
    assert shop.balance()["open_balance"] == euros("100.00")
    assert shop.balance()["as_of"] == "2026-03-11T00:00:00.000Z"
    assert shop.recorded("balance.changed.v1")[-1]["data"]["open_balance"] == euros("100.00")


def test_what_is_unpaid_after_its_day_is_overdue_from_the_next_night(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    shop.invoiced()
    shop.running.harness.clock.move(days=14)
    shop.running.run_job("recompute_balances")
    assert shop.balance()["overdue"] == euros("0.00")
    shop.running.harness.clock.move(days=1)
    shop.running.run_job("recompute_balances")
    assert shop.balance()["overdue"] == euros("100.00")
    assert shop.client.get("/invoices?due_on[lt]=2026-03-25&status=open").json["data"][0]["number"] == "INV-000001"


def test_the_database_refuses_to_change_the_ledger_or_to_allocate_too_much(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    shop.invoiced()
    shop.pay("10.00")
    for statement in (
        "UPDATE ledger_entries SET amount_minor = 0",
        "DELETE FROM ledger_entries",
        "UPDATE payments SET allocated_minor = amount_minor + 1",
        "UPDATE invoices SET paid_minor = total_minor + 1",
        "UPDATE orders SET total_minor = total_minor + 1",
    ):
        with pytest.raises(IntegrityError), shop.running.service.database.write() as session:
            session.execute(text(statement))


def test_a_payment_is_told_with_its_amount(shop: Shop) -> None:
    shop.product("BOOK", "100.00")
    order = shop.invoiced()
    payment = shop.pay("10.00", invoice_id=order["invoice"]["id"])
    assert shop.recorded("payment.received.v1")[0]["data"] == {
        "id": payment["id"],
        "customer_id": "cus_ada",
        "invoice_id": order["invoice"]["id"],
        "amount": euros("10.00"),
    }


def test_who_may_not_book_money_may_still_look(shop: Shop) -> None:
    seller = shop.running.client("orders:read", "orders:write")
    body = {"customer_id": shop.customer_id, "amount": euros("1.00")}
    assert seller.post("/payments", body).status_code == 403
    assert seller.get("/payments").status_code == 200


def spoil(shop: Shop) -> None:
    """Somebody's bug left a wrong sum behind."""
    with shop.running.service.database.write() as session:
        session.execute(text("UPDATE balances SET open_balance_minor = 7"))
