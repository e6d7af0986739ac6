"""Finding orders, printing them, and what a customer bought."""

import pytest

from tests.unit.orders.shop import Shop


def numbers(shop: Shop, query: str) -> list[str]:
    answer = shop.client.get(f"/orders?{query}")
    assert answer.status_code == 200, answer.json
    return [one["number"] for one in answer.json["data"]]


@pytest.mark.proves("F065")
def test_all_orders_are_listed_newest_first_page_by_page(shop: Shop) -> None:
    shop.product()
    for _ in range(5):
        shop.place()
        shop.running.harness.clock.move(minutes=1)
    first = shop.client.get("/orders?limit=2&include_total=true").json
    assert first["total"] == {"value": 5, "relation": "eq"}
    second = shop.client.get(f"/orders?limit=2&cursor={first['next_cursor']}").json
    third = shop.client.get(f"/orders?limit=2&cursor={second['next_cursor']}").json
    pages = [[one["number"] for one in page["data"]] for page in (first, second, third)]
    assert pages == [["O-000005", "O-000004"], ["O-000003", "O-000002"], ["O-000001"]]
    assert third["has_more"] is False


@pytest.mark.proves("F059")
def test_orders_are_found_by_number_and_by_the_customers_name_without_accents(shop: Shop) -> None:
    shop.product()
    shop.place()
    shop.hears_customer(id="cus_zoe", name="Zoë Müller", number="CU-000002")
    shop.customer_id = "cus_zoe"
    shop.place()
    assert numbers(shop, "q=o-000001") == ["O-000001"]
    assert numbers(shop, "q=zoe mul") == ["O-000002"]
    assert numbers(shop, "q=ZOË") == ["O-000002"]
    assert numbers(shop, "q=%25") == []
    assert numbers(shop, "sort=customer_name") == ["O-000001", "O-000002"]


@pytest.mark.proves("F063")
def test_a_customers_orders_are_filtered_by_status_and_time(shop: Shop) -> None:
    shop.product()
    shop.place()
    shop.running.harness.clock.move(days=1)
    shop.invoiced()
    assert numbers(shop, "customer_id=cus_ada") == ["O-000002", "O-000001"]
    assert numbers(shop, "customer_id=cus_other") == []
    assert numbers(shop, "status=confirmed") == ["O-000002"]
    assert numbers(shop, "status[in]=placed,cancelled") == ["O-000001"]
    assert numbers(shop, "placed_at[gte]=2026-03-11T00:00:00Z") == ["O-000002"]
    assert shop.client.get("/orders?status=open").status_code == 422


@pytest.mark.proves("F066")
def test_an_orders_details_carry_an_etag(shop: Shop) -> None:
    shop.product()
    order = shop.place(note="Ring twice")
    read = shop.client.get(f"/orders/{order['id']}")
    assert read.json == order
    assert shop.client.get(f"/orders/{order['id']}", headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    assert shop.client.get("/orders/ord_none").status_code == 404


def test_an_order_prints_as_a_page_where_nothing_typed_is_code(shop: Shop) -> None:
    shop.product("BOOK", "1234.50", tax_rate="0.075")
    shop.hears_customer("customer.updated.v1", sequence=2, name="<script>alert(1)</script>")
    order = shop.invoiced({"sku": "BOOK", "description": "Tom & <b>Jerry</b>"}, note="<img src=x>")
    answer = shop.client.get(f"/orders/{order['id']}/document")
    assert answer.content_type == "text/html; charset=utf-8"
    assert "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;" in answer.text
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    for text in ("O-000001", "INV-000001", "2026-03-24", "1,234.50 EUR", "7.5 %", "1,327.09 EUR"):
        assert text in answer.text


@pytest.mark.proves("F168")
def test_purchases_are_one_list_newest_first_without_what_was_cancelled(shop: Shop) -> None:
    shop.product("BOOK")
    shop.product("PEN")
    shop.place({"sku": "BOOK"}, {"sku": "PEN", "quantity": 2})
    shop.running.harness.clock.move(days=1)
    cancelled = shop.place({"sku": "PEN"})
    latest = shop.place({"sku": "BOOK", "quantity": 4})
    shop.client.post(f"/orders/{cancelled['id']}:cancel", {"reason": "No"})
    bought = shop.client.get(f"/customers/{shop.customer_id}/purchases").json["data"]
    assert [(one["sku"], one["quantity"]) for one in bought] == [("BOOK", 4), ("PEN", 2), ("BOOK", 1)]
    assert (bought[0]["order_number"], bought[0]["order_status"]) == (latest["number"], "placed")
    assert bought[0]["total"] == {"amount": "40.00", "currency": "EUR"}


@pytest.mark.proves("F169")
@pytest.mark.parametrize("kind", ["membership", "subscription", "event", "exhibit", "merchandise", "publication"])
def test_purchases_are_told_apart_by_type(shop: Shop, kind: str) -> None:
    shop.product("WANTED", type=kind)
    shop.product("OTHER", type="service")
    shop.place({"sku": "WANTED"}, {"sku": "OTHER"})
    bought = shop.client.get(f"/customers/{shop.customer_id}/purchases?type={kind}").json["data"]
    assert [one["sku"] for one in bought] == ["WANTED"]
