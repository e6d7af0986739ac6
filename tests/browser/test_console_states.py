"""When something is wrong: the session is over, there is no JavaScript, the text is hostile."""

from tests.browser.conftest import SampleData, Visit, Visitor

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>"
    "\"><svg onload=alert(1)>' autofocus onfocus=alert(1) x='</textarea><script>alert(1)</script>"
)


def test_a_session_that_ended_asks_for_the_password_over_the_page_and_goes_on(
    staff: Visitor, sample: SampleData, now: str
) -> None:
    staff.go(sample.path("case"))
    staff.page.fill("#body", f"Typed for long {now}")
    staff.context.clear_cookies()
    staff.press("Send")
    staff.page.locator("#login-dialog[open]").wait_for()
    assert staff.findings() == []
    staff.page.fill("#login-dialog #f-email", staff.stack.admin_email)
    staff.page.fill("#login-dialog #f-password", staff.stack.admin_password)
    staff.page.locator("#login-dialog").get_by_role("button", name="Log in").click()
    staff.page.locator(f".msg.ours:has-text('{now}')").wait_for()


def test_everything_works_without_javascript(visit: Visit, sample: SampleData, now: str) -> None:
    visitor = visit(java_script_enabled=False).log_in()
    visitor.go("/customers?q=nordwind+logistik")
    visitor.page.get_by_role("link", name="Nordwind Logistik GmbH").click()
    visitor.page.fill("#text", f"Without script {now}")
    visitor.press("Save")
    visitor.sees(f"Without script {now}")
    visitor.go(sample.path("case"))
    visitor.page.locator("label:has(#mode-note)").click()
    visitor.page.fill("#body", f"Quiet {now}")
    visitor.press("Save note, not sent")
    visitor.sees("nothing was sent")
    visitor.page.locator(f".msg.note:has-text('{now}')").wait_for()


def test_hostile_text_opens_no_dialog(staff: Visitor, sample: SampleData, now: str) -> None:
    """The browser itself is the judge: a script that runs opens a dialog, which fails the test."""
    name = f"{HOSTILE} {now}"
    body = {"kind": "organization", "name": name, "email": f"x.{now}@example.com", "industry": HOSTILE[-90:]}
    customer = sample.api.post("/customers", body)
    sample.api.post("/notes", {"customer_id": customer["id"], "body": HOSTILE})
    case = sample.api.post("/cases", {"subject": HOSTILE, "description": HOSTILE, "customer_id": customer["id"]})
    sample.api.post(f"/cases/{case['id']}/messages", {"body": HOSTILE, "is_internal": True})
    record = f"/customers/{customer['id']}"
    for path in (record, f"{record}/notes", f"{record}/edit", f"/cases/{case['id']}", f"/customers?q={now}"):
        assert staff.go(path) == 200
        assert staff.page.locator("main script, main [onerror], main [onload], main [onfocus]").count() == 0
