"""Placing orders and moving them on."""

from threading import Timer
from typing import Any

import pytest

from servicekit.auth import Scope
from tests.unit.orders.shop import Shop


@pytest.mark.proves("F180")
def test_an_order_takes_price_tax_and_text_from_the_catalogue(shop: Shop) -> None:
    shop.product("BOOK", "10.00", tax_rate="0.19")
    order = shop.place({"sku": "BOOK", "quantity": 3})
    assert order["number"] == "O-000001"
    assert order["status"] == "placed"
    assert order["customer_name"] == "Ada Lovelace"
    line = order["lines"][0]
    assert (line["position"], line["description"], line["quantity"]) == (1, "The BOOK", 3)
    assert [line[key]["amount"] for key in ("net", "tax", "total")] == ["30.00", "5.70", "35.70"]
    assert order["total"] == {"amount": "35.70", "currency": "EUR"}
    assert order["invoice"] is None


def test_lines_may_differ_from_the_catalogue_and_totals_are_the_sums_of_the_lines(shop: Shop) -> None:
    shop.product("BOOK", "10.00", tax_rate="0.07")
    shop.product("HOUR", "80.00", tax_rate="0.19", type="service")
    order = shop.place(
        {"sku": "BOOK", "quantity": 3, "unit_price": {"amount": "9.99", "currency": "EUR"}, "discount_percent": "12.5"},
        {"sku": "HOUR", "quantity": 1.5, "description": "Set-up"},
    )
    first, second = order["lines"]
    assert (first["net"]["amount"], first["tax"]["amount"]) == ("26.22", "1.84")
    assert first["discount_percent"] == "12.5"
    assert (second["quantity"], second["description"], second["net"]["amount"]) == (1.5, "Set-up", "120.00")
    assert order["net"]["amount"] == "146.22"
    assert order["total"]["amount"] == "170.86"


def test_a_line_keeps_what_was_sold_when_the_catalogue_changes(shop: Shop) -> None:
    book = shop.product("BOOK", "10.00")
    order = shop.place()
    change = {"name": "Dearer", "unit_price": {"amount": "99.00", "currency": "EUR"}, "tax_rate": "0.5"}
    assert shop.client.patch(f"/products/{book['id']}", change).status_code == 200
    line = shop.client.get(f"/orders/{order['id']}").json["lines"][0]
    assert (line["description"], line["unit_price"]["amount"], line["tax_rate"]) == ("The BOOK", "10.00", "0")


def test_an_unknown_customer_is_named_as_the_wrong_field(shop: Shop) -> None:
    shop.product()
    answer = shop.client.post("/orders", {"customer_id": "cus_nobody", "lines": [{"sku": "BOOK"}]})
    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {"pointer": "/customer_id", "code": "unknown_customer", "detail": "There is no such customer."}
    ]


def test_unknown_and_inactive_products_are_named_by_their_line(shop: Shop) -> None:
    shop.product("OLD", is_active=False)
    lines = [{"sku": "OLD"}, {"sku": "NONE"}]
    answer = shop.client.post("/orders", {"customer_id": shop.customer_id, "lines": lines})
    assert [(one["pointer"], one["code"]) for one in answer.json["errors"]] == [
        ("/lines/0/sku", "inactive_product"),
        ("/lines/1/sku", "unknown_product"),
    ]


def test_mixed_currencies_are_refused(shop: Shop) -> None:
    shop.product("BOOK")
    shop.product("YEN", "500", currency="JPY")
    body = {"customer_id": shop.customer_id, "lines": [{"sku": "BOOK"}, {"sku": "YEN"}]}
    answer = shop.client.post("/orders", body)
    assert answer.status_code == 422
    assert (answer.json["errors"][0]["pointer"], answer.json["errors"][0]["code"]) == (
        "/lines/1/unit_price",
        "mixed_currencies",
    )
    assert shop.client.post("/orders", {**body, "currency": "USD"}).status_code == 422


@pytest.mark.parametrize("number", [-1, 0.00001, 100_001, "NaN", "-Infinity", "1e999999", "1e-999999", "many", True])
@pytest.mark.parametrize("name", ["quantity", "discount_percent"])
def test_a_number_that_cannot_be_is_refused_by_field(shop: Shop, name: str, number: Any) -> None:
    shop.product()
    body = {"customer_id": shop.customer_id, "lines": [{"sku": "BOOK", name: number}]}
    answer = shop.client.post("/orders", body)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == f"/lines/0/{name}"


@pytest.mark.parametrize(
    ("state", "code"),
    [({"is_blocked": True}, "customer_blocked"), ({"is_archived": True}, "customer_archived")],
)
def test_who_is_blocked_or_archived_neither_orders_nor_confirms(shop: Shop, state: dict[str, bool], code: str) -> None:
    shop.product()
    order = shop.place()
    shop.hears_customer("customer.updated.v1", sequence=2, **state)
    refused = shop.client.post("/orders", {"customer_id": shop.customer_id, "lines": [{"sku": "BOOK"}]})
    assert (refused.status_code, refused.json["code"]) == (409, code)
    assert "Ada Lovelace is" in refused.json["detail"]
    assert shop.client.post(f"/orders/{order['id']}:confirm", headers={"If-Match": "*"}).json["code"] == code
    shop.hears_customer("customer.updated.v1", sequence=3)
    assert shop.confirm(order)["status"] == "confirmed"


def test_an_older_event_never_overwrites_what_is_known_of_a_customer(shop: Shop) -> None:
    shop.product()
    shop.hears_customer("customer.blocked.v1", sequence=5, is_blocked=True)
    shop.hears_customer("customer.updated.v1", sequence=4, name="Too Late")
    refused = shop.client.post("/orders", {"customer_id": shop.customer_id, "lines": [{"sku": "BOOK"}]})
    assert refused.json["code"] == "customer_blocked"
    assert "Ada Lovelace" in refused.json["detail"]


def test_confirming_needs_the_version_that_was_seen(shop: Shop) -> None:
    shop.product()
    order = shop.place()
    assert shop.client.post(f"/orders/{order['id']}:confirm").status_code == 428
    stale = shop.client.post(f"/orders/{order['id']}:confirm", headers={"If-Match": '"9"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
    confirmed = shop.confirm(order)
    assert confirmed["status"] == "confirmed"
    assert confirmed["invoice"]["number"] == "INV-000001"
    assert (confirmed["invoice"]["issued_on"], confirmed["invoice"]["due_on"]) == ("2026-03-10", "2026-03-24")


@pytest.mark.proves("F069")
def test_an_order_is_fulfilled_cancelled_noted_and_duplicated(shop: Shop) -> None:
    shop.product()
    first = shop.invoiced({"sku": "BOOK", "quantity": 2, "discount_percent": "50"}, note="By hand")
    noted = shop.client.patch(f"/orders/{first['id']}", {"note": "By post"})
    assert noted.json["note"] == "By post"
    fulfilled = shop.client.post(f"/orders/{first['id']}:fulfil", headers={"If-Match": noted.headers["ETag"]})
    assert fulfilled.json["status"] == "fulfilled"
    second = shop.client.post(f"/orders/{first['id']}:duplicate")
    assert second.status_code == 201
    assert second.headers["Location"] == f"/api/v1/orders/{second.json['id']}"
    assert (second.json["total"], second.json["duplicate_of_id"]) == (first["total"], first["id"])
    cancelled = shop.client.post(f"/orders/{second.json['id']}:cancel", {"reason": "Too much"})
    assert (cancelled.json["status"], cancelled.json["cancel_reason"]) == ("cancelled", "Too much")


def test_a_closed_order_says_what_is_still_possible(shop: Shop) -> None:
    shop.product()
    order = shop.place()
    too_early = shop.client.post(f"/orders/{order['id']}:fulfil")
    assert (too_early.status_code, too_early.json["code"]) == (409, "order_cannot_move")
    assert too_early.json["allowed"] == ["confirmed", "cancelled"]
    shop.client.post(f"/orders/{order['id']}:cancel", {"reason": "No"})
    assert shop.client.post(f"/orders/{order['id']}:cancel", {"reason": "No"}).json["allowed"] == []
    assert shop.client.patch(f"/orders/{order['id']}", {"note": "x"}).json["code"] == "order_is_closed"


def test_the_same_key_places_one_order(shop: Shop) -> None:
    shop.product()
    body = {"customer_id": shop.customer_id, "lines": [{"sku": "BOOK"}]}
    first = shop.client.post("/orders", body, headers={"Idempotency-Key": "once"})
    again = shop.client.post("/orders", body, headers={"Idempotency-Key": "once"})
    assert again.json == first.json
    assert len(shop.client.get("/orders").json["data"]) == 1
    assert len(shop.recorded("order.placed.v1")) == 1


def test_every_step_is_told_once_with_the_whole_state(shop: Shop) -> None:
    shop.product("BOOK", "10.00", tax_rate="0.19")
    order = shop.invoiced()
    shop.client.post(f"/orders/{order['id']}:fulfil")
    told = [one for one in shop.running.recorded() if one["type"].startswith("order.")]
    assert [(one["type"], one["sequence"]) for one in told] == [
        ("order.placed.v1", 1),
        ("order.confirmed.v1", 2),
        ("order.fulfilled.v1", 3),
    ]
    assert told[1]["subject"] == order["id"]
    assert told[1]["data"] == {
        "id": order["id"],
        "number": "O-000001",
        "customer_id": "cus_ada",
        "status": "confirmed",
        "line_count": 1,
        "net": {"amount": "10.00", "currency": "EUR"},
        "tax": {"amount": "1.90", "currency": "EUR"},
        "total": {"amount": "11.90", "currency": "EUR"},
        "placed_at": "2026-03-10T12:00:00Z",
        "confirmed_at": "2026-03-10T12:00:00Z",
    }


def test_an_order_is_as_visible_as_its_customer(shop: Shop) -> None:
    shop.product()
    shop.hears_customer("customer.updated.v1", sequence=2, owner_id="usr_owner", team_id="tea_north")
    order = shop.place()
    owner = shop.running.client("orders:read", id="usr_owner", scope=Scope.OWN)
    colleague = shop.running.client("orders:read", id="usr_other", scope=Scope.TEAM, team_ids=("tea_north",))
    stranger = shop.running.client("orders:*", id="usr_far", scope=Scope.TEAM, team_ids=("tea_south",))
    assert [one.get(f"/orders/{order['id']}").status_code for one in (owner, colleague, stranger)] == [200, 200, 404]
    assert stranger.get("/orders").json["data"] == []
    assert stranger.get(f"/orders/{order['id']}/document").status_code == 404
    assert stranger.get(f"/customers/{shop.customer_id}/balance").status_code == 404
    assert stranger.get(f"/customers/{shop.customer_id}/purchases").status_code == 404
    placed = stranger.post("/orders", {"customer_id": shop.customer_id, "lines": [{"sku": "BOOK"}]})
    assert placed.json["errors"][0]["code"] == "unknown_customer"


def test_an_order_waits_a_moment_for_a_customer_that_was_made_just_now(shop: Shop) -> None:
    shop.product()
    news = Timer(0.2, lambda: shop.hears_customer(id="cus_new", name="New", number="CU-000009"))
    news.start()
    answer = shop.client.post("/orders", {"customer_id": "cus_new", "lines": [{"sku": "BOOK"}]})
    news.join()
    assert answer.status_code == 201
    assert answer.json["customer_name"] == "New"
