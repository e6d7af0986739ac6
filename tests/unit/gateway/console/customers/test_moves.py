"""Blocking, archiving and the other steps of a customer."""


def test_blocking_needs_a_reason_and_shows_it_on_the_page(console_page, system):
    customer = system.add_customer("Late Payers Ltd")
    page = console_page(f"/customers/{customer['id']}").follow("Block …").press("Block customer")
    assert page.errors == {"reason": "Say why: colleagues will ask."}
    page = page.press("Block customer", reason="Three reminders without an answer.")
    assert "Late Payers Ltd is blocked." in page.text
    assert "Blocked. Three reminders without an answer. No new orders are taken" in page.text
    assert "New order" not in page.links
    assert "may order again" in page.press("Unblock").text


def test_an_archived_customer_is_read_only_until_it_is_restored(console_page, system):
    customer = system.add_customer("Sleeping Ltd")
    page = console_page(f"/customers/{customer['id']}").press("Archive")
    assert "Left out of lists and searches" in page.text
    assert not {"Edit", "New case", "Log activity"} & set(page.links)
    assert "Save" not in page.buttons
    page = page.press("Restore")
    assert "is restored" in page.text
    assert "Edit" in page.links


def test_the_menu_offers_the_step_that_the_status_allows(console_page, system):
    customer = system.add_customer("Steps Ltd", status="active")
    page = console_page(f"/customers/{customer['id']}")
    assert "Set active" not in page.buttons
    page = page.press("Set inactive")
    assert "is inactive" in page.text
    assert "Set inactive" not in page.buttons


def test_a_step_that_the_service_refuses_says_why(system):
    customer = system.add_customer("Refused Ltd")
    reader = system.browser({"customers:read"})
    page = system.browser().get(f"/customers/{customer['id']}")
    assert page.press("Archive").status == 200
    answer = reader.post(f"/customers/{customer['id']}/restore", {"_csrf": reader.get("/").values["_csrf"]})
    assert answer.with_class("message")
    assert system.api.get(f"/customers/{customer['id']}")["is_archived"]
