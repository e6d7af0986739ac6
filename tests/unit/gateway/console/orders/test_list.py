"""The list of orders."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def orders(system):
    """Two of one customer, one of them confirmed, and one of another."""
    system.add_product()
    nordwind, other = system.add_customer("Nordwind Logistik GmbH"), system.add_customer("Brightwater Clinics")
    placed, confirmed, foreign = (system.add_order(one["id"]) for one in (nordwind, nordwind, other))
    system.api.act(f"/orders/{confirmed['id']}", "confirm")
    system.deliver_events()
    return {"placed": placed, "confirmed": confirmed, "foreign": foreign, "customer": nordwind}


def numbers(page):
    return {row["Order"] for row in page.rows}


def test_a_row_shows_state_customer_lines_and_total(console_page, orders):
    page = console_page("/").follow("Orders")
    row = next(row for row in page.rows if row["Order"] == orders["confirmed"]["number"])
    assert row["Status"] == "Confirmed"
    assert row["Customer"] == "Nordwind Logistik GmbH"
    assert row["Total"] == "€3,784.20"
    assert row["Lines"] == "1"
    assert page.links[row["Order"]] == f"/orders/{orders['confirmed']['id']}"


def test_a_view_keeps_the_customer_that_is_chosen(console_page, orders):
    page = console_page(f"/orders?customer={orders['customer']['id']}")
    assert page.texts(".//nav[@aria-label='Views']/a[@aria-current='page']") == ["All orders"]
    assert numbers(page) == {orders["placed"]["number"], orders["confirmed"]["number"]}
    assert numbers(page.follow("Confirmed")) == {orders["confirmed"]["number"]}
    assert page.follow("Confirmed").texts(".//nav[@aria-label='Views']/a[@aria-current='page']") == ["Confirmed"]


def test_a_view_without_orders_is_not_the_first_order(console_page):
    page = console_page("/orders").follow("Cancelled")
    assert "No order is here." in page.texts(".//h2")
    assert page.links["Show all orders"] == "/orders"


def test_there_is_no_search_field_where_none_is_declared(console_page):
    assert not console_page("/orders").all(".//form[@aria-label='Search this list']")


def test_whoever_may_not_see_orders_is_refused(console_page):
    page = console_page("/orders", permissions={"customers:read"})
    assert (page.status, page.heading) == (403, "You may not see orders")
