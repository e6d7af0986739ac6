"""Products."""

from tests.unit.orders.conftest import OrdersHarness


def test_a_product_is_read_back_as_it_was_added(orders: OrdersHarness) -> None:
    added = orders.create_product("BOOK", "12.50", tax_rate="0.19", type="publication")
    read = orders.staff.get(f"/products/{added['id']}")
    assert read.json["unit_price"] == {"amount": "12.50", "currency": "EUR"}
    assert read.json["tax_rate"] == "0.19"
    assert read.json["type"] == "publication"
    assert read.headers["ETag"] == '"1"'


def test_a_sku_belongs_to_one_product(orders: OrdersHarness) -> None:
    orders.create_product("BOOK")
    again = orders.staff.post(
        "/products", {"sku": "BOOK", "name": "Another", "unit_price": {"amount": "1", "currency": "EUR"}}
    )
    assert again.status_code == 409
    assert again.json["code"] == "sku_taken"
    assert again.json["errors"][0]["pointer"] == "/sku"


def test_a_sku_cannot_be_changed_into_one_that_is_taken(orders: OrdersHarness) -> None:
    orders.create_product("BOOK")
    pen = orders.create_product("PEN")
    assert orders.staff.patch(f"/products/{pen['id']}", {"sku": "BOOK"}).json["code"] == "sku_taken"
    assert orders.staff.get(f"/products/{pen['id']}").json["sku"] == "PEN"


def test_a_price_has_no_more_decimals_than_its_currency(orders: OrdersHarness) -> None:
    for amount, currency in (("1.005", "EUR"), ("1.5", "JPY"), ("-1", "EUR")):
        answer = orders.staff.post(
            "/products", {"sku": "X", "name": "X", "unit_price": {"amount": amount, "currency": currency}}
        )
        assert answer.status_code == 422, (amount, currency)
        assert answer.json["errors"][0]["pointer"].startswith("/unit_price")


def test_a_product_is_changed_only_by_who_saw_its_version(orders: OrdersHarness) -> None:
    book = orders.create_product("BOOK")
    changed = orders.staff.patch(f"/products/{book['id']}", {"name": "New"}, headers={"If-Match": '"1"'})
    assert (changed.json["name"], changed.json["version"]) == ("New", 2)
    assert (
        orders.staff.patch(f"/products/{book['id']}", {"name": "Old"}, headers={"If-Match": '"1"'}).status_code == 412
    )


def test_products_are_found_by_sku_name_type_and_activity(orders: OrdersHarness) -> None:
    orders.create_product("BOOK", type="publication")
    orders.create_product("PEN", is_active=False)
    found = {
        query: [one["sku"] for one in orders.staff.get(f"/products?{query}").json["data"]]
        for query in ("q=book", "type=publication", "is_active=false", "sku[prefix]=P", "sort=-sku")
    }
    assert found == {
        "q=book": ["BOOK"],
        "type=publication": ["BOOK"],
        "is_active=false": ["PEN"],
        "sku[prefix]=P": ["PEN"],
        "sort=-sku": ["PEN", "BOOK"],
    }


def test_who_may_only_sell_does_not_change_the_catalogue(orders: OrdersHarness) -> None:
    seller = orders.client("orders:read", "orders:write")
    assert seller.get("/products").status_code == 200
    assert seller.post("/products", {}).status_code in {403, 422}
    body = {"sku": "X", "name": "X", "unit_price": {"amount": "1", "currency": "EUR"}}
    assert seller.post("/products", body).status_code == 403
