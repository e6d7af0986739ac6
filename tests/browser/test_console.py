"""The console as people use it: coming in, customers, cases, work, orders, notifications."""

import re
from typing import Any

import pytest

from ops.api import eventually
from tests.browser.conftest import PASSWORD, Visit, Visitor, World


def test_a_wrong_password_says_so_and_keeps_the_address(visit: Visit, world: World) -> None:
    visitor = visit()
    visitor.go("/customers")
    visitor.page.fill("#f-email", "nobody@example.com")
    visitor.page.fill("#f-password", "wrong")
    visitor.press("Log in")
    visitor.sees("The e-mail address or the password is wrong.")
    assert visitor.page.input_value("#f-email") == "nobody@example.com"
    assert visitor.page.input_value("#f-password") == ""
    assert world.ids["me"]


def test_logging_in_leads_to_the_page_that_was_asked_for(visit: Visit, world: World) -> None:
    visitor = visit()
    visitor.go(world.path("nordwind"))
    visitor.page.fill("#f-email", visitor.stack.admin_email)
    visitor.page.fill("#f-password", visitor.stack.admin_password)
    visitor.press("Log in")
    visitor.page.wait_for_url(f"**{world.path('nordwind')}")
    visitor.sees("Nordwind Logistik GmbH")


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: y"]
)
def test_the_log_in_never_leads_to_another_site(visit: Visit, wanted: str) -> None:
    visitor = visit()
    visitor.page.goto(f"{visitor.stack.url}/login?next={wanted}")
    visitor.page.fill("#f-email", visitor.stack.admin_email)
    visitor.page.fill("#f-password", visitor.stack.admin_password)
    visitor.press("Log in")
    visitor.page.wait_for_selector("#f-email", state="detached")
    assert visitor.page.url.startswith(visitor.stack.url)


def test_logging_out_ends_the_session_on_the_server(staff: Visitor) -> None:
    cookies: Any = staff.context.cookies()
    staff.page.get_by_role("button", name=re.compile("Your account")).click()
    staff.press("Log out")
    staff.sees("You are logged out.")
    staff.context.add_cookies(cookies)
    staff.go("/customers")
    assert "/login" in staff.page.url


def test_adding_a_customer_searches_first_and_carries_the_typing(staff: Visitor, now: str) -> None:
    staff.go("/customers/new")
    staff.page.fill("#f-q", f"Øresund {now}")
    staff.press("Look")
    staff.sees("No customer matches")
    assert staff.page.input_value("#f-name") == f"Øresund {now}"
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


def test_the_search_opens_a_number_at_once_and_suggests_while_typing(staff: Visitor, world: World) -> None:
    staff.go("/")
    staff.page.keyboard.press("/")
    staff.page.keyboard.type("nordwind", delay=15)
    staff.page.locator("#_suggest a:has-text('Nordwind Logistik GmbH')").first.wait_for()
    assert staff.findings() == []
    staff.page.fill("#q-all", world.api.get(f"/cases/{world.ids['case']}")["number"])
    staff.page.keyboard.press("Enter")
    staff.page.wait_for_url(f"**{world.path('case')}")


@pytest.mark.parametrize(("kind", "name"), [("customers", "nordwind"), ("cases", "case"), ("orders", "order")])
def test_an_address_with_a_number_as_e_mails_carry_it_leads_to_the_page(
    staff: Visitor, world: World, kind: str, name: str
) -> None:
    number = world.api.get(world.path(name))["number"]
    staff.go(f"/{kind}/{number}")
    staff.page.wait_for_url(f"**{world.path(name)}")


def test_an_internal_note_and_a_reply_cannot_be_taken_for_each_other(staff: Visitor, world: World, now: str) -> None:
    staff.go(world.path("case"))
    assert staff.page.get_by_role("button", name="Save note, not sent").count() == 0
    staff.page.locator("label:has(#mode-note)").click()
    assert staff.page.get_by_role("button", name="Send", exact=True).count() == 0
    staff.page.fill("#body", f"Firmware bug {now}")
    staff.press("Save note, not sent")
    staff.page.locator(f".msg.note:has-text('{now}')").wait_for()
    assert staff.page.is_checked("#mode-note")
    staff.page.locator("label:has(#mode-reply)").click()
    staff.page.fill("#body", f"Dear Katrin {now}")
    staff.press("Send")
    staff.page.locator(f".msg.ours:has-text('{now}')").wait_for()
    sent = [
        mail["to"] for mail in world.api.get("/emails", case_id=world.ids["case"])["data"] if not mail["to_user_id"]
    ]
    assert "k.behrens@nordwind.example" in sent
    messages = world.api.get(f"/cases/{world.ids['case']}/messages")["data"]
    assert {m["body"]: m["is_internal"] for m in messages if now in m["body"]} == {
        f"Firmware bug {now}": True,
        f"Dear Katrin {now}": False,
    }


def test_a_rejection_needs_a_comment_and_the_strip_moves_on(staff: Visitor, world: World, now: str) -> None:
    case = world.api.post(
        "/cases", {"subject": f"Wrong labels {now}", "type": "complaint", "customer_id": world.ids["nordwind"]}
    )
    staff.go(f"/cases/{case['id']}")
    card = staff.page.locator(".ask")
    assert staff.page.evaluate(
        "!!(document.querySelector('.ask').compareDocumentPosition(document.querySelector('.c-main')) & 4)"
    )
    card.get_by_role("button", name=re.compile("^Take it")).click()
    staff.sees("is yours now")
    card.get_by_role("button", name=re.compile("^Done")).click()
    staff.page.locator(".flow .now:has-text('Approve goodwill credit')").wait_for()
    card.get_by_role("button", name=re.compile("^Reject")).click()
    staff.sees("Say why you reject")
    assert staff.findings() == []
    card.locator("textarea").fill("The contract does not cover it.")
    card.get_by_role("button", name=re.compile("^Reject")).click()
    staff.page.locator(".flow .now:has-text('Intake')").wait_for()
    item = world.api.get("/work-items", case_id=case["id"], state="decided", sort="-created_at")["data"]
    assert "The contract does not cover it." in [one["note"] for one in item]


def test_my_work_lists_what_waits_and_deciding_there_takes_it_off(staff: Visitor, world: World, now: str) -> None:
    case = world.api.post("/cases", {"subject": f"Second van {now}", "type": "complaint"})
    staff.go("/work")
    card = staff.page.locator(f".work:has-text('{now}')")
    card.get_by_role("button", name=re.compile("^Done")).click()
    staff.sees("Intake: done.")
    card = staff.page.locator(f".work:has-text('{now}')")
    card.get_by_role("button", name=re.compile("^Reject")).click()
    staff.sees("Say why you reject")
    card.get_by_role("button", name=re.compile("^Approve")).click()
    staff.sees("Approve goodwill credit: approve.")
    assert staff.page.locator(f".work:has-text('{now}')").count() == 0
    assert world.api.get(f"/cases/{case['id']}")["run"]["status"] == "completed"


def test_a_case_that_changed_meanwhile_is_not_moved_and_the_note_is_kept(
    staff: Visitor, world: World, now: str
) -> None:
    case = world.api.post("/cases", {"subject": f"Old address {now}", "priority": "high"})
    staff.go(f"/cases/{case['id']}")
    staff.press("Resolve …", role="link")
    world.api.act(f"/cases/{case['id']}", "transition", {"status": "waiting"})
    staff.page.fill("#f-note", "Sent again.")
    staff.press("Resolve")
    staff.sees("Somebody changed this case meanwhile.")
    assert staff.page.input_value("#f-note") == "Sent again."
    assert staff.findings() == []
    staff.press("Resolve")
    staff.sees("is resolved")


def test_a_case_is_opened_by_hand_for_a_customer(staff: Visitor, world: World, now: str) -> None:
    staff.go(world.path("nordwind"))
    staff.press("New case", role="link")
    staff.press("Open case")
    staff.sees("Enter a subject.")
    staff.page.fill("#f-subject", f"Invoice {now}")
    staff.page.select_option("#f-priority", "urgent")
    staff.press("Open case")
    staff.sees("is open")
    staff.sees("Urgent")
    assert eventually(lambda: world.api.get("/cases", q=now)["data"][0]["customer_id"], 10) == world.ids["nordwind"]


def test_an_order_shows_its_lines_and_is_confirmed_into_an_invoice(staff: Visitor, world: World) -> None:
    staff.go(world.path("order"))
    staff.sees("€3,405.78")
    staff.press("Confirm")
    staff.sees("is confirmed, its invoice is issued")
    staff.sees("Invoice")
    staff.press("Cancel …", role="link")
    staff.press("Cancel order")
    staff.sees("Say why.")


def test_an_order_is_taken_by_hand_and_a_wrong_line_is_named(staff: Visitor, world: World) -> None:
    staff.go(world.path("nordwind"))
    staff.press("New order", role="link")
    staff.press("Place order")
    staff.sees("Choose at least one product.")
    staff.page.select_option("#f-sku-2", "HX-BAT")
    staff.page.fill("#f-quantity-2", "lots")
    staff.press("Place order")
    staff.page.locator("#e-quantity-2").wait_for()
    assert staff.findings() == []
    staff.page.fill("#f-quantity-2", "3")
    staff.press("Place order")
    staff.sees("is placed")
    staff.sees("€283.82")


def test_opening_a_notification_reads_it_and_leads_to_its_case(staff: Visitor, world: World, now: str) -> None:
    case = world.api.post("/cases", {"subject": f"Bell {now}", "type": "complaint"})
    assert eventually(
        lambda: [n for n in world.api.get("/notifications")["data"] if n["subject"]["id"] == case["id"]], 20
    )
    staff.go("/notifications?view=unread")
    before = staff.page.locator(".note-row.new").count()
    assert f"({before})" in staff.page.title()
    staff.page.locator(".note-row.new a").first.click()
    staff.page.wait_for_url("**/cases/**")
    staff.go("/notifications?view=unread")
    assert staff.page.locator(".note-row.new").count() == before - 1


def test_somebody_without_the_right_sees_the_page_but_no_button(visit: Visit, world: World) -> None:
    support = visit().log_in("samir@example.com", PASSWORD)
    support.go("/orders")
    assert support.page.get_by_role("heading", level=1).inner_text() in {"You may not see orders", "Orders"}
    assert support.page.get_by_role("button", name="Confirm").count() == 0
    assert support.findings() == []
    assert world.ids["Samir"]
