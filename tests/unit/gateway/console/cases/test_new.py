"""Opening a case by hand."""

import pytest


@pytest.fixture(scope="module")
def customer(system):
    return system.add_customer("Nordwind Logistik GmbH")


def test_a_case_is_opened_by_hand_for_a_customer(console_page, system, customer):
    page = console_page(f"/customers/{customer['id']}").follow("New case")
    assert page.heading == "New case for Nordwind Logistik GmbH"
    page = page.press("Open case", description="Typed for long.")
    assert page.errors == {"subject": "Enter a subject."}
    assert page.values["description"] == "Typed for long."
    page = page.press("Open case", subject="Invoice 17", priority="urgent")
    assert "is open" in page.text
    assert "Urgent" in page.text
    case = system.api.get("/cases", q="Invoice")["data"][0]
    assert (case["customer_id"], case["priority"]) == (customer["id"], "urgent")


def test_without_a_customer_the_recent_ones_can_be_chosen(console_page, system, customer):
    page = console_page("/").follow("Case")
    options = page.texts(".//select[@id='f-customer_id']/option")
    assert options == ["None", f"Nordwind Logistik GmbH · {customer['number']}"]
    page.press("Open case", subject="Chosen here", customer_id=customer["id"])
    assert system.api.get("/cases", q="Chosen")["data"][0]["customer_id"] == customer["id"]


def test_whoever_may_not_see_customers_is_offered_none(console_page, customer):
    page = console_page(f"/cases/new?customer={customer['id']}", permissions={"cases:read", "cases:write"})
    assert page.heading == "New case"
    assert not page.all(".//*[@id='f-customer_id']")


def test_a_blocked_customer_is_named_as_such(console_page, system):
    blocked = system.add_customer("Blocked Ltd")
    system.api.act(f"/customers/{blocked['id']}", "block", {"reason": "Unpaid since August"})
    page = console_page(f"/cases/new?customer={blocked['id']}")
    assert "This customer is blocked: Unpaid since August. A case may still be opened." in page.text


def test_the_types_come_from_the_service(console_page, system):
    system.add_workflow()
    page = console_page("/cases/new")
    assert page.texts(".//select[@id='f-type']/option") == ["Not said", "Complaint", "General"]
    page = page.press("Open case", subject="With a workflow", type="complaint")
    assert "step 1 of 2" in page.one(".//ol[@class='flow']").get("aria-label")
