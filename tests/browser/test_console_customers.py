"""Customers in the console: the list, adding, editing, and the page that tells everything about one."""

import pytest

from tests.browser.conftest import Visit, Visitor, World


@pytest.mark.proves("F155")
@pytest.mark.proves("F156")
def test_adding_a_customer_searches_first_and_carries_the_typing(staff: Visitor, now: str) -> None:
    staff.go("/customers/new")
    staff.page.fill("#f-q", f"Øresund {now}")
    staff.press("Look")
    staff.sees("No customer matches")
    assert staff.page.input_value("#f-name") == f"Øresund {now}"
    assert "*" in staff.page.locator("label[for=f-name]").inner_text()
    staff.page.fill("#f-city", "København")
    staff.press("Add customer")
    staff.sees("There is a problem")
    assert staff.page.input_value("#f-city") == "København"
    assert staff.page.evaluate("document.activeElement.id") == "problems"
    staff.page.fill("#f-email", f"post{now}@oresund.example")
    staff.press("Add customer")
    staff.sees("is a customer now")
    staff.sees(f"post{now}@oresund.example")


def test_a_second_customer_with_the_same_address_is_refused_with_its_name(staff: Visitor) -> None:
    staff.go("/customers/new?q=Nordwind+again")
    staff.page.fill("#f-email", "kontakt@nordwind.example")
    staff.press("Add customer")
    staff.sees("There is a problem")
    assert staff.page.input_value("#f-email") == "kontakt@nordwind.example"
    assert staff.findings() == []
    staff.page.locator(".notice.w a:has-text('Nordwind Logistik GmbH')").click()
    staff.sees("kontakt@nordwind.example")


def test_the_list_narrows_while_typing_and_the_address_says_how(staff: Visitor) -> None:
    staff.go("/customers")
    staff.page.locator("#f-q").press_sequentially("brightwater", delay=15)
    staff.page.wait_for_url("**q=brightwater**")
    staff.page.wait_for_function("document.querySelectorAll('#_customers tbody tr').length === 1")
    assert staff.page.input_value("#f-q") == "brightwater"
    staff.page.reload()
    assert staff.page.locator("#_customers tbody tr").count() == 1
    staff.page.fill("#f-q", "no such name at all")
    staff.sees("No customer matches")


def test_filters_are_chips_that_can_be_taken_away(staff: Visitor) -> None:
    staff.go("/customers")
    staff.press("Filter")
    staff.page.select_option("#f-kind", "individual")
    staff.press("Show")
    staff.sees("Marisol Vega")
    assert staff.page.get_by_text("Nordwind Logistik GmbH").count() == 0
    staff.press("Remove filter Kind", role="link")
    staff.sees("Nordwind Logistik GmbH")


def test_a_note_lands_on_the_timeline_at_once_with_safe_markdown(staff: Visitor, world: World, now: str) -> None:
    staff.go(world.path("nordwind"))
    staff.page.fill("#text", f"**Bold {now}** <script>alert(1)</script> [x](javascript:alert(2))")
    staff.page.check("input[name=pin]")
    staff.page.locator("#text").press("Control+Enter")
    staff.page.locator(f"#_activity .pin strong:has-text('Bold {now}')").wait_for()
    assert staff.page.url.endswith(world.path("nordwind"))
    assert staff.page.input_value("#text") == ""
    assert staff.page.locator(".pin script, .tl script").count() == 0
    staff.page.locator(f".pin:has-text('{now}')").get_by_role("button", name="Unpin this note").click()
    staff.sees("The note is among the others.")


def test_a_call_is_logged_with_its_length_and_how_it_went(staff: Visitor, world: World, now: str) -> None:
    staff.go(world.path("nordwind"))
    staff.page.get_by_text("Call", exact=True).click()
    staff.page.fill("#text", f"Renewal {now}\nWants 90 days price lock.")
    staff.page.fill("input[name=duration_minutes]", "18")
    staff.page.select_option("select[name=outcome]", "positive")
    staff.press("Save")
    entry = staff.page.locator(f"#_timeline li:has-text('Renewal {now}')")
    entry.wait_for()
    assert "18 min" in entry.inner_text()
    assert "Positive" in entry.inner_text()


def test_an_empty_note_is_refused_in_place(staff: Visitor, world: World) -> None:
    staff.go(world.path("nordwind"))
    staff.press("Save")
    staff.sees("Write what happened.")
    assert staff.page.evaluate("document.activeElement.id") == "text"


def test_the_timeline_shows_one_kind_when_asked(staff: Visitor, world: World) -> None:
    staff.go(f"{world.path('nordwind')}/timeline")
    staff.press("Sales", role="link")
    staff.page.wait_for_url("**show=sales")
    staff.page.locator("#_timeline .tl").wait_for()
    assert "Order" in staff.page.locator("#_timeline").inner_text()
    assert "Renewal" not in staff.page.locator("#_timeline").inner_text()


def test_two_people_edit_one_customer_and_nothing_is_lost(visit: Visit, world: World, now: str) -> None:
    path = f"{world.path('person')}/edit"
    ines, tomas = visit().log_in(), visit().log_in()
    ines.go(path)
    tomas.go(path)
    tomas.page.fill("#f-phone", "+34 91 555 01 34")
    tomas.page.fill("#f-industry", f"Design {now}")
    tomas.press("Save changes")
    tomas.sees("is saved")
    ines.page.fill("#f-industry", f"Fashion {now}")
    ines.page.fill("#f-website", f"https://vega{now}.example")
    ines.press("Save changes")
    ines.sees("Somebody changed this while you were typing")
    assert ines.findings() == []
    ines.press("Save these")
    ines.sees("is saved")
    stored = world.api.get(f"/customers/{world.ids['person']}")
    assert stored["phone"].replace(" ", "") == "+34915550134"
    assert stored["industry"] == f"Fashion {now}"
    assert stored["website"] == f"https://vega{now}.example"


def test_blocking_needs_a_reason_and_shows_it_on_the_page(staff: Visitor, world: World, now: str) -> None:
    made = world.api.post(
        "/customers", {"kind": "organization", "name": f"Late {now}", "email": f"late{now}@example.com"}
    )
    staff.go(f"/customers/{made['id']}")
    staff.press("More actions")
    staff.press("Block …", role="link")
    staff.press("Block customer")
    staff.sees("Say why: colleagues will ask.")
    staff.page.fill("#f-reason", "Three reminders without an answer.")
    staff.press("Block customer")
    staff.sees("Three reminders without an answer.")
    staff.press("More actions")
    staff.press("Archive")
    staff.sees("Left out of lists and searches")
    staff.press("Restore")
    staff.sees("is restored")


@pytest.mark.proves("F104")
@pytest.mark.proves("F105")
@pytest.mark.proves("F107")
@pytest.mark.proves("F108")
@pytest.mark.proves("F159")
@pytest.mark.proves("F076")
def test_the_customer_page_answers_who_what_and_what_next_on_one_screen(staff: Visitor, world: World) -> None:
    staff.go(world.path("nordwind"))
    header = staff.page.locator(".head").inner_text()
    for told in ("Nordwind Logistik GmbH", "Active", "Logistics", "Hamburg", "kontakt@nordwind.example"):
        assert told in header
    metrics = staff.page.locator(".metrics").inner_text()
    for told in ("Lifetime value", "Balance", "Open cases", "Last order", "Last contact"):
        assert told in metrics
    tabs = staff.page.get_by_role("navigation", name="Customer sections")
    for tab in ("Overview", "Contacts", "Timeline", "Cases", "Orders", "Notes"):
        assert tabs.get_by_role("link", name=tab).count() == 1
    assert "Katrin Behrens" in staff.page.locator("aside").inner_text()
    staff.page.locator("aside .links").get_by_role("link", name="Cases").click()
    staff.sees("Pallet scanner reads wrong SKU")


@pytest.mark.proves("F163")
def test_the_balance_is_recomputed_when_asked(staff: Visitor, world: World) -> None:
    staff.go(world.path("nordwind"))
    staff.press("Recompute now")
    staff.sees("computed just now")


@pytest.mark.proves("F092")
@pytest.mark.proves("F154")
@pytest.mark.proves("F005")
@pytest.mark.proves("F093")
def test_people_organizations_and_archived_ones_have_their_own_way_in(staff: Visitor, world: World, now: str) -> None:
    gone = world.api.post(
        "/customers", {"kind": "organization", "name": f"Gone {now}", "email": f"gone{now}@example.com"}
    )
    world.api.act(f"/customers/{gone['id']}", "archive")
    staff.go("/")
    staff.page.get_by_role("navigation", name="Main").get_by_role("link", name="Customers").click()
    staff.sees("Nordwind Logistik GmbH")
    assert staff.page.get_by_text(f"Gone {now}").count() == 0
    staff.press("People", role="link")
    staff.sees("Marisol Vega")
    assert staff.page.get_by_text("Nordwind Logistik GmbH").count() == 0
    staff.press("Organizations", role="link")
    staff.sees("Nordwind Logistik GmbH")
    staff.press("Archived", role="link")
    staff.sees(f"Gone {now}")
    staff.press("New")
    staff.press("Person", role="link")
    staff.sees("First, look whether it is here already")


@pytest.mark.proves("F158")
def test_a_person_has_the_tab_of_those_it_works_for(staff: Visitor, world: World) -> None:
    people = world.api.get("/customers", q="k.behrens@nordwind.example", kind="individual")["data"]
    staff.go(f"/customers/{people[0]['id']}")
    staff.page.get_by_role("navigation", name="Customer sections").get_by_role("link", name="Works for").click()
    staff.page.locator(".tbl a:has-text('Nordwind Logistik GmbH')").wait_for()


@pytest.mark.proves("F149")
def test_a_customer_that_cannot_be_shown_says_why(staff: Visitor) -> None:
    assert staff.go("/customers/cus_00000000000000000000000000") == 404
    staff.sees("it belongs to a team whose records you do not see")
    staff.go("/customers?q=no+such+name")
    staff.sees("Check the spelling, or take a filter away.")
