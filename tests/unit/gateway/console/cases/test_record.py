"""The page of a case: its workflow, its conversation, and what can be done."""

import pytest

FIELDS = [
    {"key": "name", "label": "Your name", "type": "text", "required": True, "maps_to": "customer.name"},
    {"key": "email", "label": "E-mail", "type": "email", "required": True, "maps_to": "customer.email"},
    {"key": "company", "label": "Company", "type": "text", "maps_to": "organization.name"},
    {"key": "subject", "label": "What is wrong?", "type": "text", "required": True, "maps_to": "case.subject"},
    {"key": "details", "label": "Details", "type": "textarea", "maps_to": "case.description"},
    {"key": "units", "label": "How many?", "type": "integer"},
]
ANSWERS = {
    "name": "Katrin Behrens",
    "email": "k.behrens@nordwind.example",
    "company": "Nordwind Logistik GmbH",
    "subject": "Pallet scanner reads wrong SKU",
    "details": "Six of our forty handhelds read the neighbouring pallet.",
    "units": 6,
}


@pytest.fixture(scope="module")
def case(system):
    """A case that came through a web form, under a workflow, from somebody at an organization."""
    system.add_workflow()
    form = {"key": "fault", "name": "Device fault", "fields": FIELDS, "case_type": "complaint", "workflow": "complaint"}
    system.api.post("/forms", form)
    id = system.api.post("/forms/fault/submissions", {"answers": ANSWERS})["case_id"]
    system.deliver_events()
    return system.api.get(f"/cases/{id}")


@pytest.fixture
def page(console_page, case):
    return console_page(f"/cases/{case['id']}")


def test_the_page_says_what_it_is_and_whose(page, case):
    assert page.heading == "Pallet scanner reads wrong SKU"
    assert page.title.endswith(f"{case['number']} · Customer Manager")
    assert page.links["Nordwind Logistik GmbH"] == f"/customers/{case['customer_id']}"
    assert "Owner nobody yet" in page.text
    facts = dict(zip(page.texts(".//aside//dt"), page.texts(".//aside//dd"), strict=True))
    assert (facts["It came"], facts["Form"], facts["Type"]) == ("through a web form", "fault", "Complaint")


def test_the_form_is_the_first_message_and_its_answers_have_a_tab(page):
    assert "Katrin Behrens" in page.texts(".//article[@class='msg']")[0]
    assert "Six of our forty handhelds" in page.texts(".//article[@class='msg']")[0]
    answers = page.follow("Form answers 6")
    shown = dict(
        zip(answers.texts(".//dl[@class='facts wide']/dt"), answers.texts(".//dl[@class='facts wide']/dd"), strict=True)
    )
    assert shown["How many?"] == "6"
    assert shown["Company"] == "Nordwind Logistik GmbH"


def test_the_history_has_a_tab(page):
    entries = page.follow("History").texts(".//ol[@class='tl']/li")
    assert any("opened" in entry.lower() for entry in entries)


def test_a_note_stays_inside_and_a_reply_goes_to_the_customer_once(page, system, case):
    page = page.press("Save note, not sent", body="Firmware bug, **internal**")
    assert "The note is kept; nothing was sent." in page.text
    assert "Internal note" in page.texts(".//article[@class='msg note']")[-1]
    page = page.press("Send", body="Dear Katrin, we are on it.")
    assert "The reply is on its way by e-mail." in page.text
    assert "to the customer" in page.texts(".//article[@class='msg ours']")[-1]
    emails = system.api.get("/emails", case_id=case["id"])["data"]
    assert [one["to"] for one in emails if one["kind"] == "case_reply"] == ["k.behrens@nordwind.example"]
    messages = system.api.get(f"/cases/{case['id']}/messages")["data"]
    assert {one["body"]: one["is_internal"] for one in messages} == {
        "Firmware bug, **internal**": True,
        "Dear Katrin, we are on it.": False,
    }
    mails = page.with_class("evt", "p")
    assert len(mails) >= 1


def test_an_empty_message_is_refused_and_the_mode_is_kept(page):
    page = page.press("Save note, not sent")
    assert (page.status, page.errors) == (422, {"text": "Write something first."})
    assert page.one(".//input[@id='mode-note']").get("checked") is not None


def test_htmx_gets_the_conversation_alone_with_an_empty_form(page):
    part = page.press("Save note, not sent", fragment="_thread", body="By htmx.")
    assert part.html.lstrip().startswith('<div id="_thread">')
    assert "By htmx." in part.text
    assert part.values["body"] == ""
    assert part.one(".//input[@id='mode-note']").get("checked") is not None


def test_whoever_may_not_see_customers_can_write_notes_but_no_reply(console_page, case):
    page = console_page(f"/cases/{case['id']}", permissions={"cases:read", "cases:write"})
    assert not page.all(".//*[@id='mode-reply']")
    assert "You may not see this." in page.text


def test_a_rejection_needs_a_comment_and_the_strip_moves_on(console_page, system):
    case = system.add_case("Wrong labels", type="complaint")
    page = console_page(f"/cases/{case['id']}")
    asked, work = page.all(".//section[@class='panel ask']")[0], page.with_class("c-main")[0]
    order = list(page.root.iter())
    assert order.index(asked) < order.index(work), "what I am asked comes first for those who hear the page"
    page = page.press("Done · Intake")
    assert "Intake: done." in page.text
    assert page.texts(".//ol[@class='flow']/li[@aria-current='step']/span[@class='nm']") == ["Approve credit"]
    page = page.press("Reject · Approve credit")
    assert page.status == 422
    assert "Say why you reject: people will ask." in page.errors.values()
    page = page.press("Reject · Approve credit", note="The contract does not cover it.")
    assert page.texts(".//ol[@class='flow']/li[@aria-current='step']/span[@class='nm']") == ["Intake (2)"]
    decided = system.api.get("/work-items", case_id=case["id"], state="decided", sort="-created_at")["data"]
    assert "The contract does not cover it." in [one["note"] for one in decided]


def test_what_is_claimed_is_offered_to_nobody_else(console_page, system):
    system.add_user("Maria Kowalska", ["manager"])
    case = system.add_case("Two are asked", type="complaint")
    page = console_page(f"/cases/{case['id']}")
    assert "2 people are asked; one is enough." in page.text
    page = page.press("Take it · Intake")
    assert "«Intake» is yours now." in page.text
    assert "Take it · Intake" not in page.buttons


def test_a_workflow_is_started_on_a_case_that_has_none(console_page, system):
    case = system.add_case("No workflow yet")
    page = console_page(f"/cases/{case['id']}").press("Start", workflow="complaint")
    assert "«Complaint handling» has started." in page.text
    assert page.texts(".//ol[@class='flow']/li/span[@class='nm']")[0] == "Intake"


def test_a_case_that_belongs_to_nobody_can_be_taken(console_page, system):
    case = system.add_case("Free for all")
    page = console_page(f"/cases/{case['id']}").press("Take it")
    assert "It belongs to Administrator now." in page.text
    assert "Take it" not in page.buttons


def test_a_number_as_e_mails_carry_it_leads_to_the_page(console_page, case):
    assert console_page(f"/cases/{case['number']}").path == f"/cases/{case['id']}"


def test_a_reader_sees_no_button(console_page, case):
    page = console_page(f"/cases/{case['id']}", permissions={"cases:read", "customers:read"})
    assert not {"Resolve …", "Wait …", "Assign …"} & set(page.links)
    assert "Send" not in page.buttons
    assert page.all(".//*[@id='_thread']")
