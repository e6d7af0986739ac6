"""Finding orders, printing them, and what a customer bought."""

import pytest

from tests.unit.orders.conftest import OrdersHarness


def numbers(orders: OrdersHarness, query: str) -> list[str]:
    answer = orders.staff.get(f"/orders?{query}")
    assert answer.status_code == 200, answer.json
    return [one["number"] for one in answer.json["data"]]


@pytest.mark.proves("F065")
def test_all_orders_are_listed_newest_first_page_by_page(orders: OrdersHarness) -> None:
    orders.create_product()
    for _ in range(5):
        orders.place_order()
        orders.harness.clock.move(minutes=1)
    first = orders.staff.get("/orders?limit=2&include_total=true").json
    assert first["total"] == {"value": 5, "relation": "eq"}
    second = orders.staff.get(f"/orders?limit=2&cursor={first['next_cursor']}").json
    third = orders.staff.get(f"/orders?limit=2&cursor={second['next_cursor']}").json
    pages = [[one["number"] for one in page["data"]] for page in (first, second, third)]
    assert pages == [["O-000005", "O-000004"], ["O-000003", "O-000002"], ["O-000001"]]
    assert third["has_more"] is False


@pytest.mark.proves("F059")
def test_orders_are_found_by_number_and_by_the_customers_name_without_accents(orders: OrdersHarness) -> None:
    orders.create_product()
    orders.place_order()
    orders.receive_customer(id="cus_zoe", name="Zoë Müller", number="CU-000002")
    orders.customer_id = "cus_zoe"
    orders.place_order()
    assert numbers(orders, "q=o-000001") == ["O-000001"]
    assert numbers(orders, "q=zoe mul") == ["O-000002"]
    assert numbers(orders, "q=ZOË") == ["O-000002"]
    assert numbers(orders, "q=%25") == []
    assert numbers(orders, "sort=customer_name") == ["O-000001", "O-000002"]


@pytest.mark.proves("F063")
def test_a_customers_orders_are_filtered_by_status_and_time(orders: OrdersHarness) -> None:
    orders.create_product()
    orders.place_order()
    orders.harness.clock.move(days=1)
    orders.confirmed_order()
    assert numbers(orders, "customer_id=cus_ada") == ["O-000002", "O-000001"]
    assert numbers(orders, "customer_id=cus_other") == []
    assert numbers(orders, "status=confirmed") == ["O-000002"]
    assert numbers(orders, "status[in]=placed,cancelled") == ["O-000001"]
    assert numbers(orders, "placed_at[gte]=2026-03-11T00:00:00Z") == ["O-000002"]
    assert orders.staff.get("/orders?status=open").status_code == 422


@pytest.mark.proves("F066")
def test_an_orders_details_carry_an_etag(orders: OrdersHarness) -> None:
    orders.create_product()
    order = orders.place_order(note="Ring twice")
    read = orders.staff.get(f"/orders/{order['id']}")
    assert read.json == order
    assert (
        orders.staff.get(f"/orders/{order['id']}", headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    )
    assert orders.staff.get("/orders/ord_none").status_code == 404


def test_an_order_prints_as_a_page_where_nothing_typed_is_code(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", "1234.50", tax_rate="0.075")
    orders.receive_customer(event="customer.updated.v1", sequence=2, name="<script>alert(1)</script>")
    order = orders.confirmed_order({"sku": "BOOK", "description": "Tom & <b>Jerry</b>"}, note="<img src=x>")
    answer = orders.staff.get(f"/orders/{order['id']}/document")
    assert answer.content_type == "text/html; charset=utf-8"
    assert "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;" in answer.text
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    for text in ("O-000001", "INV-000001", "2026-03-24", "1,234.50 EUR", "7.5 %", "1,327.09 EUR"):
        assert text in answer.text


@pytest.mark.proves("F168")
def test_purchases_are_one_list_newest_first_without_what_was_cancelled(orders: OrdersHarness) -> None:
    orders.create_product("BOOK")
    orders.create_product("PEN")
    orders.place_order({"sku": "BOOK"}, {"sku": "PEN", "quantity": 2})
    orders.harness.clock.move(days=1)
    cancelled = orders.place_order({"sku": "PEN"})
    latest = orders.place_order({"sku": "BOOK", "quantity": 4})
    orders.staff.post(f"/orders/{cancelled['id']}:cancel", {"reason": "No"})
    bought = orders.staff.get(f"/customers/{orders.customer_id}/purchases").json["data"]
    assert [(one["sku"], one["quantity"]) for one in bought] == [("BOOK", 4), ("PEN", 2), ("BOOK", 1)]
    assert (bought[0]["order_number"], bought[0]["order_status"]) == (latest["number"], "placed")
    assert bought[0]["total"] == {"amount": "40.00", "currency": "EUR"}


@pytest.mark.proves("F169")
@pytest.mark.parametrize("kind", ["membership", "subscription", "event", "exhibit", "merchandise", "publication"])
def test_purchases_are_told_apart_by_type(orders: OrdersHarness, kind: str) -> None:
    orders.create_product("WANTED", type=kind)
    orders.create_product("OTHER", type="service")
    orders.place_order({"sku": "WANTED"}, {"sku": "OTHER"})
    bought = orders.staff.get(f"/customers/{orders.customer_id}/purchases?type={kind}").json["data"]
    assert [one["sku"] for one in bought] == ["WANTED"]
