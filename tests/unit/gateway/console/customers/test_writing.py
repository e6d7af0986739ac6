"""Notes, calls and contacts, written on the page of a customer."""

import pytest


@pytest.fixture(scope="module")
def customer(system):
    return system.add_customer("Written About Ltd")


@pytest.fixture
def page(console_page, customer):
    return console_page(f"/customers/{customer['id']}")


def test_a_note_lands_on_the_timeline_with_safe_markdown(page):
    text = "**Bold words** <script>alert(1)</script> [x](javascript:alert(2))"
    page = page.press("Save", text=text, pin="yes")
    assert "It is on the timeline." in page.text
    assert "Bold words" in [*page.texts(".//div[@class='pin']//strong")]
    assert not page.all(".//main//script")
    assert not [link for link in page.links.values() if link.startswith("javascript")]
    page = page.press("Unpin this note")
    assert "The note is among the others." in page.text
    assert not page.with_class("pin")


def test_a_call_is_logged_with_its_length_and_how_it_went(page):
    text = "Renewal talk\nWants 90 days price lock."
    page = page.press("Save", kind="call", text=text, duration_minutes="18", outcome="positive")
    entry = next(entry for entry in page.texts(".//*[@id='_timeline']//li") if "Renewal talk" in entry)
    assert "18 min" in entry
    assert "Positive" in entry
    assert "Wants 90 days price lock." in entry


def test_a_long_first_line_is_cut_in_the_title_and_whole_in_the_text(page, system, customer):
    line = "They want to talk about the price of the batteries again and again. " * 4
    page.press("Save", kind="email", text=line.strip())
    activities = system.api.get("/activities", customer_id=customer["id"])["data"]
    activity = next(one for one in activities if one["kind"] == "email")
    assert activity["title"].endswith(" …")
    assert len(activity["title"]) <= 122
    assert activity["body"] == line.strip()


def test_an_empty_note_is_refused_and_the_field_says_why(page):
    page = page.press("Save", kind="call")
    assert page.status == 422
    assert page.errors == {"text": "Write what happened."}
    field = page.one(".//textarea[@id='text']")
    assert (field.get("aria-invalid"), field.get("aria-describedby")) == ("true", "wrong-text")
    assert page.one(".//input[@id='kind-call']").get("checked") is not None


def test_htmx_gets_the_activity_alone_and_an_empty_form(page):
    part = page.press("Save", fragment="_activity", text="By htmx.")
    assert part.html.lstrip().startswith('<div id="_activity">')
    assert "By htmx." in part.text
    assert part.values["text"] == ""


def test_a_contact_is_added_beside_the_list(page, system):
    page = page.follow("Contacts").press("Add contact", email="jonas@written.example")
    assert page.errors == {"name": "Enter a name."}
    page = page.press("Add contact", name="Jonas Weber", job_title="Buyer", is_primary="yes")
    assert "Jonas Weber is a contact now." in page.text
    assert page.rows[0]["Job"] == "Buyer"
    assert page.rows[0]["Role"] == "Primary"


def test_a_contact_needs_an_address(page):
    page = page.follow("Contacts").press("Add contact", name="Nobody Reachable")
    assert page.errors == {"email": "Enter an e-mail or a phone number."}


def test_a_note_is_pinned_on_the_tab_of_notes(page):
    page.press("Save", text="Pin me later.")
    notes = page.follow("Notes").press("Pin")
    assert "The note stands on top now." in notes.text


def test_whoever_may_not_write_cannot_send_the_form(system, customer):
    reader = system.browser({"customers:read"})
    token = reader.get("/").values["_csrf"]
    answer = reader.post(f"/customers/{customer['id']}/log", {"_csrf": token, "text": "No."})
    assert answer.status == 403
