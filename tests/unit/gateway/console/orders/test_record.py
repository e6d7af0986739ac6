"""The page of an order, and its next steps."""

import pytest


@pytest.fixture
def order(system):
    number = len(system.api.get("/products")["data"])
    system.add_product(f"HX-{number}", name="Battery pack")
    customer = system.add_customer(f"Buyer {number}")
    return system.add_order(customer["id"], sku=f"HX-{number}", discount_percent=10)


def test_an_order_shows_its_lines_and_is_confirmed_into_an_invoice(console_page, order):
    page = console_page(f"/orders/{order['id']}")
    assert page.heading == f"Order {order['number']}"
    assert page.title.startswith(f"{order['number']} ·")
    line = page.rows[0]
    assert line["Price"] == "€79.50"
    assert (line["Discount"], line["Tax"]) == ("10 %", "19 %")
    totals = dict(zip(page.texts(".//dl[@class='totals']/dt"), page.texts(".//dl[@class='totals']/dd"), strict=True))
    assert totals["Total"] == "€3,405.78"
    assert "Issued when the order is confirmed." in page.text
    page = page.press("Confirm")
    assert "is confirmed, its invoice is issued" in page.text
    assert "€3,405.78" in page.texts(".//aside")[0]
    assert "is fulfilled" in page.press("Fulfil").text


def test_cancelling_needs_a_reason(console_page, order):
    page = console_page(f"/orders/{order['id']}").follow("Cancel …").press("Cancel order")
    assert page.errors == {"reason": "Say why."}
    page = page.press("Cancel order", reason="Ordered twice.")
    assert f"{order['number']} is cancelled." in page.text
    assert "Ordered twice." in page.texts(".//aside")[0]
    assert "Cancel …" not in page.links


def test_an_order_that_changed_meanwhile_is_not_moved(console_page, system, order):
    page = console_page(f"/orders/{order['id']}")
    system.api.act(f"/orders/{order['id']}", "cancel", {"reason": "Ordered twice."})
    page = page.press("Confirm")
    assert page.status == 412
    assert "Somebody changed this order meanwhile. Nothing was done: look again." in page.text
    assert "Cancelled" in page.texts(".//main//h1/../span")[0]


def test_a_number_as_e_mails_carry_it_leads_to_the_page(console_page, order):
    assert console_page(f"/orders/{order['number']}").path == f"/orders/{order['id']}"


def test_an_order_that_does_not_exist_says_so(console_page):
    page = console_page("/orders/nothing")
    assert (page.status, page.heading) == (404, "There is no such order")


def test_a_reader_sees_no_button(console_page, order):
    page = console_page(f"/orders/{order['id']}", permissions={"orders:read"})
    assert page.status == 200
    assert "Confirm" not in page.buttons
    assert "Cancel …" not in page.links
