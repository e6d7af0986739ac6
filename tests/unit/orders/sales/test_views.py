"""Placing orders and moving them on."""

from threading import Timer
from typing import Any

import pytest

from servicekit.auth import Scope
from tests.unit.orders.conftest import OrdersHarness


@pytest.mark.proves("F180")
def test_an_order_takes_price_tax_and_text_from_the_catalogue(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "10.00", tax_rate="0.19")
    order = orders.place_order({"sku": "BOOK", "quantity": 3})
    assert order["number"] == "O-000001"
    assert order["status"] == "placed"
    assert order["customer_name"] == "Ada Lovelace"
    line = order["lines"][0]
    assert (line["position"], line["description"], line["quantity"]) == (1, "The BOOK", 3)
    assert [line[key]["amount"] for key in ("net", "tax", "total")] == ["30.00", "5.70", "35.70"]
    assert order["total"] == {"amount": "35.70", "currency": "EUR"}
    assert order["invoice"] is None


def test_lines_may_differ_from_the_catalogue_and_totals_are_the_sums_of_the_lines(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "10.00", tax_rate="0.07")
    orders.create_product("HOUR", "80.00", tax_rate="0.19", type="service")
    order = orders.place_order(
        {"sku": "BOOK", "quantity": 3, "unit_price": {"amount": "9.99", "currency": "EUR"}, "discount_percent": "12.5"},
        {"sku": "HOUR", "quantity": 1.5, "description": "Set-up"},
    )
    first, second = order["lines"]
    assert (first["net"]["amount"], first["tax"]["amount"]) == ("26.22", "1.84")
    assert first["discount_percent"] == "12.5"
    assert (second["quantity"], second["description"], second["net"]["amount"]) == (1.5, "Set-up", "120.00")
    assert order["net"]["amount"] == "146.22"
    assert order["total"]["amount"] == "170.86"


def test_a_line_keeps_what_was_sold_when_the_catalogue_changes(orders: OrdersHarness) -> None:
    book = orders.create_product("BOOK", "10.00")
    order = orders.place_order()
    change = {"name": "Dearer", "unit_price": {"amount": "99.00", "currency": "EUR"}, "tax_rate": "0.5"}
    assert orders.staff.patch(f"/products/{book['id']}", change).status_code == 200
    line = orders.staff.get(f"/orders/{order['id']}").json["lines"][0]
    assert (line["description"], line["unit_price"]["amount"], line["tax_rate"]) == ("The BOOK", "10.00", "0")


def test_an_unknown_customer_is_named_as_the_wrong_field(orders: OrdersHarness) -> None:
    orders.create_product()
    answer = orders.staff.post("/orders", {"customer_id": "cus_nobody", "lines": [{"sku": "BOOK"}]})
    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {"pointer": "/customer_id", "code": "unknown_customer", "detail": "There is no such customer."}
    ]


def test_unknown_and_inactive_products_are_named_by_their_line(orders: OrdersHarness) -> None:
    orders.create_product("OLD", is_active=False)
    lines = [{"sku": "OLD"}, {"sku": "NONE"}]
    answer = orders.staff.post("/orders", {"customer_id": orders.customer_id, "lines": lines})
    assert [(one["pointer"], one["code"]) for one in answer.json["errors"]] == [
        ("/lines/0/sku", "inactive_product"),
        ("/lines/1/sku", "unknown_product"),
    ]


def test_mixed_currencies_are_refused(orders: OrdersHarness) -> None:
    orders.create_product("BOOK")
    orders.create_product("YEN", "500", currency="JPY")
    body = {"customer_id": orders.customer_id, "lines": [{"sku": "BOOK"}, {"sku": "YEN"}]}
    answer = orders.staff.post("/orders", body)
    assert answer.status_code == 422
    assert (answer.json["errors"][0]["pointer"], answer.json["errors"][0]["code"]) == (
        "/lines/1/unit_price",
        "mixed_currencies",
    )
    assert orders.staff.post("/orders", {**body, "currency": "USD"}).status_code == 422


@pytest.mark.parametrize("number", [-1, 0.00001, 100_001, "NaN", "-Infinity", "1e999999", "1e-999999", "many", True])
@pytest.mark.parametrize("name", ["quantity", "discount_percent"])
def test_a_number_that_cannot_be_is_refused_by_field(orders: OrdersHarness, name: str, number: Any) -> None:
    orders.create_product()
    body = {"customer_id": orders.customer_id, "lines": [{"sku": "BOOK", name: number}]}
    answer = orders.staff.post("/orders", body)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == f"/lines/0/{name}"


@pytest.mark.parametrize(
    ("state", "code"),
    [({"is_blocked": True}, "customer_blocked"), ({"is_archived": True}, "customer_archived")],
)
def test_who_is_blocked_or_archived_neither_orders_nor_confirms(
    orders: OrdersHarness, state: dict[str, bool], code: str
) -> None:
    orders.create_product()
    order = orders.place_order()
    orders.receive_customer(event="customer.updated.v1", sequence=2, **state)
    refused = orders.staff.post("/orders", {"customer_id": orders.customer_id, "lines": [{"sku": "BOOK"}]})
    assert (refused.status_code, refused.json["code"]) == (409, code)
    assert "Ada Lovelace is" in refused.json["detail"]
    assert orders.staff.post(f"/orders/{order['id']}:confirm", headers={"If-Match": "*"}).json["code"] == code
    orders.receive_customer(event="customer.updated.v1", sequence=3)
    assert orders.confirm_order(order)["status"] == "confirmed"


def test_confirming_needs_the_version_that_was_seen(orders: OrdersHarness) -> None:
    orders.create_product()
    order = orders.place_order()
    assert orders.staff.post(f"/orders/{order['id']}:confirm").status_code == 428
    stale = orders.staff.post(f"/orders/{order['id']}:confirm", headers={"If-Match": '"9"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
    confirmed = orders.confirm_order(order)
    assert confirmed["status"] == "confirmed"
    assert confirmed["invoice"]["number"] == "INV-000001"
    assert (confirmed["invoice"]["issued_on"], confirmed["invoice"]["due_on"]) == ("2026-03-10", "2026-03-24")


@pytest.mark.proves("F069")
def test_an_order_is_fulfilled_cancelled_noted_and_duplicated(orders: OrdersHarness) -> None:
    orders.create_product()
    first = orders.confirmed_order({"sku": "BOOK", "quantity": 2, "discount_percent": "50"}, note="By hand")
    noted = orders.staff.patch(f"/orders/{first['id']}", {"note": "By post"})
    assert noted.json["note"] == "By post"
    fulfilled = orders.staff.post(f"/orders/{first['id']}:fulfil", headers={"If-Match": noted.headers["ETag"]})
    assert fulfilled.json["status"] == "fulfilled"
    second = orders.staff.post(f"/orders/{first['id']}:duplicate")
    assert second.status_code == 201
    assert second.headers["Location"] == f"/api/v1/orders/{second.json['id']}"
    assert (second.json["total"], second.json["duplicate_of_id"]) == (first["total"], first["id"])
    cancelled = orders.staff.post(f"/orders/{second.json['id']}:cancel", {"reason": "Too much"})
    assert (cancelled.json["status"], cancelled.json["cancel_reason"]) == ("cancelled", "Too much")


def test_a_closed_order_says_what_is_still_possible(orders: OrdersHarness) -> None:
    orders.create_product()
    order = orders.place_order()
    too_early = orders.staff.post(f"/orders/{order['id']}:fulfil")
    assert (too_early.status_code, too_early.json["code"]) == (409, "order_cannot_move")
    assert too_early.json["allowed"] == ["confirmed", "cancelled"]
    orders.staff.post(f"/orders/{order['id']}:cancel", {"reason": "No"})
    assert orders.staff.post(f"/orders/{order['id']}:cancel", {"reason": "No"}).json["allowed"] == []
    assert orders.staff.patch(f"/orders/{order['id']}", {"note": "x"}).json["code"] == "order_is_closed"


def test_the_same_key_places_one_order(orders: OrdersHarness) -> None:
    orders.create_product()
    body = {"customer_id": orders.customer_id, "lines": [{"sku": "BOOK"}]}
    first = orders.staff.post("/orders", body, headers={"Idempotency-Key": "once"})
    again = orders.staff.post("/orders", body, headers={"Idempotency-Key": "once"})
    assert again.json == first.json
    assert len(orders.staff.get("/orders").json["data"]) == 1
    assert len(orders.recorded("order.placed.v1")) == 1


def test_every_step_is_published_once_with_the_whole_state(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "10.00", tax_rate="0.19")
    order = orders.confirmed_order()
    orders.staff.post(f"/orders/{order['id']}:fulfil")
    published = [one for one in orders.recorded() if one["type"].startswith("order.")]
    assert [(one["type"], one["sequence"]) for one in published] == [
        ("order.placed.v1", 1),
        ("order.confirmed.v1", 2),
        ("order.fulfilled.v1", 3),
    ]
    assert published[1]["subject"] == order["id"]
    assert published[1]["data"] == {
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


def test_an_order_is_as_visible_as_its_customer(orders: OrdersHarness) -> None:
    orders.create_product()
    orders.receive_customer(event="customer.updated.v1", sequence=2, owner_id="usr_owner", team_id="tea_north")
    order = orders.place_order()
    owner = orders.client("orders:read", id="usr_owner", scope=Scope.OWN)
    colleague = orders.client("orders:read", id="usr_other", scope=Scope.TEAM, team_ids=("tea_north",))
    stranger = orders.client("orders:*", id="usr_far", scope=Scope.TEAM, team_ids=("tea_south",))
    assert [one.get(f"/orders/{order['id']}").status_code for one in (owner, colleague, stranger)] == [200, 200, 404]
    assert stranger.get("/orders").json["data"] == []
    assert stranger.get(f"/orders/{order['id']}/document").status_code == 404
    assert stranger.get(f"/customers/{orders.customer_id}/balance").status_code == 404
    assert stranger.get(f"/customers/{orders.customer_id}/purchases").status_code == 404
    placed = stranger.post("/orders", {"customer_id": orders.customer_id, "lines": [{"sku": "BOOK"}]})
    assert placed.json["errors"][0]["code"] == "unknown_customer"


def test_an_order_waits_a_moment_for_a_customer_that_was_made_just_now(orders: OrdersHarness) -> None:
    orders.create_product()
    news = Timer(0.2, lambda: orders.receive_customer(id="cus_new", name="New", number="CU-000009"))
    news.start()
    answer = orders.staff.post("/orders", {"customer_id": "cus_new", "lines": [{"sku": "BOOK"}]})
    news.join()
    assert answer.status_code == 201
    assert answer.json["customer_name"] == "New"


def test_an_order_names_who_placed_it(orders: OrdersHarness) -> None:
    orders.create_product()
    clerk = orders.client("orders:*", id="usr_clerk")
    body = {"customer_id": orders.customer_id, "lines": [{"sku": "BOOK"}]}
    assert clerk.post("/orders", body).json["placed_by"] == "usr_clerk"
