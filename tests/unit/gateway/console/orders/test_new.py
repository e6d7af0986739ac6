"""Taking an order by hand."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def customer(system):
    system.add_product()
    return system.add_customer("Nordwind Logistik GmbH")


def test_an_order_is_taken_by_hand_and_a_wrong_line_is_named(console_page, customer):
    page = console_page(f"/customers/{customer['id']}").follow("New order")
    assert page.heading == "New order for Nordwind Logistik GmbH"
    page = page.press("Place order")
    assert page.errors == {"sku-1": "Choose at least one product."}
    page = page.press("Place order", **{"sku-2": "HX-BAT", "quantity-2": "lots"})
    assert list(page.errors) == ["quantity-2"]
    assert page.values["quantity-2"] == "lots"
    page = page.press("Place order", **{"quantity-2": "3"})
    assert "is placed. Confirm it to issue the invoice." in page.text
    assert "€283.82" in page.text


def test_without_a_customer_one_must_be_chosen(console_page, customer):
    page = console_page("/orders/new").press("Place order", **{"sku-1": "HX-BAT"})
    assert page.errors == {"customer_id": "Choose a customer."}
    page = page.press("Place order", customer_id=customer["id"])
    assert "Nordwind Logistik GmbH" in page.text
    assert "is placed" in page.text


def test_a_blocked_customer_is_refused_by_the_service(console_page, system):
    blocked = system.add_customer("Blocked Ltd")
    system.api.act(f"/customers/{blocked['id']}", "block", {"reason": "Unpaid since August"})
    system.deliver_events()
    page = console_page(f"/orders/new?customer={blocked['id']}")
    assert "This customer is blocked: Unpaid since August. No new orders are taken." in page.text
    page = page.press("Place order", **{"sku-1": "HX-BAT"})
    assert page.status == 409
    assert page.all(".//*[@id='problems']")
