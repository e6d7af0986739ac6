"""The page that shows everything about one customer."""

import pytest

READ = {"customers:read", "cases:read", "orders:read", "notifications:read"}


@pytest.fixture(scope="module")
def nordwind(system):
    """An organization with a contact, a pinned note, a call, a case and an order."""
    customer = system.add_customer(
        "Nordwind Logistik GmbH",
        email="kontakt@nordwind.example",
        phone="+49 40 5550134",
        website="https://www.nordwind.example/",
        industry="Logistics",
        status="active",
        owner_id=system.api.get("/me")["id"],
        address={"street": "Speicherstraße 4", "city": "Hamburg", "postcode": "20457", "country": "DE"},
    )
    contact = {"name": "Katrin Behrens", "email": "k.behrens@nordwind.example", "is_primary": True}
    system.api.post(f"/customers/{customer['id']}/contacts", contact)
    note = system.api.post("/notes", {"customer_id": customer["id"], "body": "**Katrin decides**, Jonas signs."})
    system.api.act(f"/notes/{note['id']}", "pin")
    call = {"kind": "call", "title": "Renewal before the board meets", "duration_minutes": 18, "outcome": "positive"}
    system.api.post("/activities", {"customer_id": customer["id"], **call})
    system.deliver_events()
    system.add_case("Pallet scanner reads wrong SKU", customer_id=customer["id"])
    system.add_product()
    system.add_order(customer["id"], discount_percent=10)
    return customer


@pytest.fixture
def page(console_page, nordwind):
    return console_page(f"/customers/{nordwind['id']}")


@pytest.mark.proves("F104")
@pytest.mark.proves("F105")
@pytest.mark.proves("F107")
@pytest.mark.proves("F108")
@pytest.mark.proves("F159")
@pytest.mark.proves("F076")
def test_the_customer_page_answers_who_what_and_what_next_on_one_screen(page, nordwind):
    header = " ".join(page.texts(".//main/div[@class='head mb-0']"))
    for fact in ("Nordwind Logistik GmbH", "Active", f"Logistics · {nordwind['number']}", "Hamburg"):
        assert fact in header
    assert page.links["kontakt@nordwind.example"] == "mailto:kontakt@nordwind.example"
    assert page.links["nordwind.example"] == "https://www.nordwind.example/"
    metrics = page.texts(".//*[@id='_metrics']//dt")
    assert metrics == ["Lifetime value", "Balance", "Open cases", "Last order", "Last contact"]
    assert page.texts(".//nav[@aria-label='Customer sections']/a") == [
        *("Overview", "Contacts", "Timeline", "Cases 1", "Orders 1", "Notes"),
    ]
    panels = [*page.texts(".//aside//h2")]
    assert panels == ["Waiting for people", "Contacts", "Balance", "Key facts", "Relates to"]
    aside = page.texts(".//aside")[0]
    assert "Katrin Behrens" in aside
    assert "Speicherstraße 4, 20457 Hamburg, DE" in aside
    assert "Pallet scanner reads wrong SKU" in page.follow("Cases1 open").text


def test_the_timeline_shows_what_happened_with_links_to_it(page, system):
    timeline = page.texts(".//*[@id='_timeline']//li")
    call = next(entry for entry in timeline if "Renewal before the board meets" in entry)
    assert "18 min" in call
    assert "Positive" in call
    case = system.api.get("/cases")["data"][0]
    assert page.links[case["number"]] == f"/cases/{case['id']}"
    assert any("was added" in entry for entry in timeline)


def test_the_timeline_shows_one_kind_when_asked(console_page, nordwind):
    page = console_page(f"/customers/{nordwind['id']}/timeline?show=sales")
    entries = " ".join(page.texts(".//*[@id='_timeline']//li"))
    assert "Order" in entries
    assert "Renewal" not in entries
    assert page.texts(".//nav[@aria-label='What the timeline shows']/a[@aria-current='true']") == ["Sales"]
    everything = page.follow("All")
    assert everything.path == f"/customers/{nordwind['id']}/timeline"
    nothing = console_page(f"/customers/{nordwind['id']}?show=fields&after=")
    assert nothing.status == 200


def test_htmx_gets_the_timeline_or_the_numbers_alone(console_page, nordwind):
    for fragment in ("_timeline", "_metrics", "_activity"):
        part = console_page(f"/customers/{nordwind['id']}", fragment=fragment)
        assert part.html.lstrip().startswith("<d")
        assert part.all(f".//*[@id='{fragment}']")
        assert "<html" not in part.html


def test_each_tab_has_an_address_of_its_own(page):
    for tab, words in (
        ("Contacts", "k.behrens@nordwind.example"),
        ("Cases 1", "Pallet scanner reads wrong SKU"),
        ("Orders 1", "€3,405.78"),
        ("Notes", "Jonas signs."),
    ):
        shown = page.follow(tab)
        assert shown.texts(".//nav[@aria-label='Customer sections']/a[@aria-current='page']") == [tab]
        assert words in shown.text


def test_the_tables_of_the_tabs_leave_the_customer_out(page):
    assert "Customer" not in page.follow("Cases 1").rows[0]
    assert list(page.follow("Orders 1").rows[0]) == ["Order", "Status", "Lines", "Total", "Placed"]


@pytest.mark.proves("F163")
def test_the_balance_is_recomputed_when_asked(page):
    assert "The balance is €0.00, computed just now." in page.press("Recompute now").text


@pytest.mark.proves("F158")
def test_a_person_has_the_tab_of_those_it_works_for(system, console_page, nordwind):
    person = system.api.get("/customers", q="k.behrens@nordwind.example", kind="individual")["data"][0]
    page = console_page(f"/customers/{person['id']}").follow("Works for")
    assert page.links["Nordwind Logistik GmbH"] == f"/customers/{nordwind['id']}"
    assert page.rows[0]["Role"] == "Primary contact"
    assert "Add contact" not in page.buttons


@pytest.mark.proves("F149")
def test_a_customer_that_cannot_be_shown_says_why(console_page):
    page = console_page("/customers/cus_00000000000000000000000000")
    assert page.status == 404
    assert "it belongs to a team whose records you do not see" in page.text


def test_a_number_as_e_mails_carry_it_leads_to_the_page(console_page, nordwind):
    assert console_page(f"/customers/{nordwind['number']}").path == f"/customers/{nordwind['id']}"
    assert console_page(f"/customers/{nordwind['number'].lower()}").path == f"/customers/{nordwind['id']}"


def test_a_reader_sees_everything_and_changes_nothing(console_page, nordwind):
    page = console_page(f"/customers/{nordwind['id']}", permissions=READ)
    assert not {"Edit", "New case", "New order", "Log activity"} & set(page.links)
    assert page.buttons[-1] == "Recompute now"
    assert "Unpin this note" not in page.buttons


def test_what_the_reader_may_not_see_is_a_panel_that_says_so(console_page, nordwind):
    page = console_page(f"/customers/{nordwind['id']}", permissions={"customers:read"})
    assert page.status == 200
    assert page.texts(".//aside//div[@class='part']//strong") == ["You may not see this."] * 2
    assert "Cases" not in page.texts(".//ul[@class='links']//a")
    orders = page.follow("Orders 1")
    assert "An administrator can give your role the right to read orders." in orders.text
