"""The console as people use it: coming in, searching, cases, work, orders, notifications."""

import re
from typing import Any

import pytest

from ops.waiting import wait_for
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

    def mailed() -> list[str]:
        mails = world.api.get("/emails", case_id=world.ids["case"])["data"]
        return [mail["to"] for mail in mails if mail["kind"] == "case_reply"]

    assert wait_for(mailed, "the reply is mailed") == ["k.behrens@nordwind.example"]
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
    assert world.api.get("/cases", q=now)["data"][0]["customer_id"] == world.ids["nordwind"]


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


@pytest.mark.proves("F174")
def test_opening_a_notification_reads_it_and_leads_to_its_case(staff: Visitor, world: World, now: str) -> None:
    case = world.api.post("/cases", {"subject": f"Bell {now}", "type": "complaint"})
    wait_for(
        lambda: [n for n in world.api.get("/notifications")["data"] if n["subject"]["id"] == case["id"]],
        "the bell rings for the case",
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
