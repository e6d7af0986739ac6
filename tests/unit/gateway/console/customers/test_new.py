"""Adding a customer: first a search, then the form."""

import pytest


@pytest.mark.proves("F155")
@pytest.mark.proves("F156")
def test_adding_a_customer_searches_first_and_carries_the_typing(console_page):
    page = console_page("/customers/new").press("Look", q="Øresund A/S")
    assert "No customer matches «Øresund A/S»." in page.text
    assert page.values["name"] == "Øresund A/S"
    assert "*" in page.texts(".//label[@for='f-name']")[0]
    page = page.press("Add customer", city="København")
    assert page.status == 422
    assert page.texts(".//*[@id='problems']//strong") == ["There is a problem"]
    assert page.links["Enter an e-mail or a phone number."] == "#f-email"
    assert page.errors == {"email": "Enter an e-mail or a phone number."}
    assert page.values["city"] == "København"
    page = page.press("Add customer", email="post@oresund.example", country="dk")
    assert "Øresund A/S is a customer now: CU-" in page.text
    assert "post@oresund.example" in page.text
    assert "København, DK" in page.text


@pytest.mark.parametrize(
    ("query", "kind", "field", "value"),
    [
        ("a@b.example", "organization", "email", "a@b.example"),
        ("+49 40 5550134", "organization", "phone", "+49 40 5550134"),
        ("Marisol de la Vega", "individual", "last_name", "Vega"),
        ("Nordwind", "organization", "name", "Nordwind"),
    ],
)
def test_what_was_searched_for_is_in_the_field_it_fits(console_page, query, kind, field, value):
    page = console_page("/customers/new", permissions={"customers:read", "customers:write"})
    page = page.browser.get("/customers/new", query={"q": query, "kind": kind})
    assert page.values[field] == value


def test_a_second_customer_with_the_same_address_is_refused_with_its_name(console_page, system):
    first = system.add_customer("Nordwind Logistik GmbH", email="kontakt@nordwind.example")
    page = console_page("/customers/new?q=Nordwind+again")
    page = page.press("Add customer", email="kontakt@nordwind.example")
    assert page.status == 409
    assert page.values["email"] == "kontakt@nordwind.example"
    assert page.errors["email"].startswith("kontakt@nordwind.example belongs to Nordwind Logistik GmbH.")
    assert page.links[f"Nordwind Logistik GmbH, {first['number']}"] == f"/customers/{first['id']}"
    assert "is a customer now" in page.press("Add it all the same").text


def test_what_looks_alike_stands_beside_the_form(console_page, system):
    alike = system.add_customer("Westwind Reederei")
    page = console_page("/customers/new?q=Westwind")
    assert f"/customers/{alike['id']}" in page.links.values()


def test_the_form_sent_twice_adds_one(console_page, system):
    page = console_page("/customers/new?q=Pressed Twice").press("Add customer", email="nobody")
    assert "email" in page.errors
    page = console_page("/customers/new?q=Pressed Twice")
    sent = [page.press("Add customer", email="twice@example.com").path for _ in range(2)]
    assert sent[0] == sent[1]
    assert len(system.api.get("/customers", q="Pressed Twice")["data"]) == 1


def test_whoever_may_not_write_is_refused(console_page):
    page = console_page("/customers/new", permissions={"customers:read"})
    assert (page.status, page.heading) == (403, "You may not see adding customers")
