"""When something is wrong: a service is down, the session is over, a form comes from elsewhere, the text is hostile."""

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from ops.waiting import wait_for
from tests.browser.conftest import Visit, Visitor, World

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "[click](javascript:alert(1))",
    "<a href='https://evil.example' onclick=alert(1)>x</a>",
    "</textarea><script>alert(1)</script>",
    "' autofocus onfocus=alert(1) x='",
    "<style>*{display:none}</style>",
    "\u202egnp.exe",
]


@pytest.fixture
def no_orders(staff: Visitor) -> Iterator[Visitor]:
    """The orders service is dead until the test is over."""
    staff.stack.kill("orders")
    yield staff
    staff.stack.start("orders")
    staff.stack.wait_ready("orders")


def test_a_dead_service_takes_its_panel_only(no_orders: Visitor, world: World) -> None:
    assert no_orders.go(world.path("nordwind")) == 200
    no_orders.sees("Orders cannot be reached right now.")
    no_orders.sees("Katrin Behrens")
    assert no_orders.findings() == []
    assert no_orders.go("/orders") == 200
    no_orders.sees("Orders cannot be reached right now.")
    assert no_orders.go(world.path("order")) == 503
    no_orders.sees("Nothing is lost.")
    assert no_orders.findings() == []
    assert no_orders.go("/search?q=nordwind") == 200
    no_orders.sees("Nordwind Logistik GmbH")


def test_a_reply_written_while_mail_is_down_is_kept_and_goes_out_once_later(
    staff: Visitor, world: World, now: str
) -> None:
    down = ("notifications", "notifications-worker")
    staff.stack.kill(*down)
    try:
        staff.go(world.path("case"))
        staff.page.fill("#body", f"Dear Katrin {now}")
        staff.press("Send")
        staff.page.locator(f".msg.ours:has-text('{now}')").wait_for()
        messages = world.api.get(f"/cases/{world.ids['case']}/messages", sort="-created_at")["data"]
        assert [now in message["body"] for message in messages].count(True) == 1
    finally:
        staff.stack.start(*down)
        staff.stack.wait_ready("notifications")

    def mailed() -> list[str]:
        replies = world.api.get("/emails", case_id=world.ids["case"])["data"]
        texts = [world.api.get(f"/emails/{one['id']}")["text"] for one in replies if one["kind"] == "case_reply"]
        return [text for text in texts if now in text]

    assert len(wait_for(mailed, "the reply is mailed")) == 1


def test_a_session_that_ended_asks_for_the_password_over_the_page_and_goes_on(
    staff: Visitor, world: World, now: str
) -> None:
    staff.go(world.path("case"))
    staff.page.fill("#body", f"Typed for long {now}")
    staff.context.clear_cookies()
    staff.press("Send")
    staff.page.locator("#login-dialog[open]").wait_for()
    staff.page.fill("#login-dialog #f-email", staff.stack.admin_email)
    staff.page.fill("#login-dialog #f-password", staff.stack.admin_password)
    staff.page.locator("#login-dialog").get_by_role("button", name="Log in").click()
    staff.page.locator(f".msg.ours:has-text('{now}')").wait_for()


def test_without_javascript_the_typing_goes_through_the_log_in(visit: Visit, world: World, now: str) -> None:
    visitor = visit(java_script_enabled=False).log_in()
    visitor.go(f"/cases/new?customer={world.ids['nordwind']}")
    visitor.page.fill("#f-subject", f"Kept {now}")
    visitor.context.clear_cookies()
    visitor.press("Open case")
    visitor.sees("what you typed comes along")
    visitor.page.fill("#f-email", visitor.stack.admin_email)
    visitor.page.fill("#f-password", visitor.stack.admin_password)
    visitor.press("Log in")
    visitor.sees(f"Kept {now}")
    visitor.press("Save it now")
    visitor.sees("is open")


def test_everything_works_without_javascript(visit: Visit, world: World, now: str) -> None:
    visitor = visit(java_script_enabled=False).log_in()
    visitor.go("/customers?q=nordwind+logistik")
    visitor.page.get_by_role("link", name="Nordwind Logistik GmbH").click()
    visitor.page.fill("#text", f"Without script {now}")
    visitor.press("Save")
    visitor.sees(f"Without script {now}")
    visitor.go(world.path("case"))
    visitor.page.locator("label:has(#mode-note)").click()
    visitor.page.fill("#body", f"Quiet {now}")
    visitor.press("Save note, not sent")
    visitor.sees("nothing was sent")
    visitor.page.locator(f".msg.note:has-text('{now}')").wait_for()


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {}],
    ids=["another site", "a neighbour", "another origin", "nobody knows"],
)
def test_a_form_from_elsewhere_changes_nothing(staff: Visitor, world: World, headers: dict[str, str]) -> None:
    session, token = _session_of(staff, world.path("nordwind"))
    sent = {"_csrf": token, "reason": "from elsewhere"}
    answer = session.post(
        f"{staff.stack.url}{world.path('nordwind')}/block",
        data=sent,
        headers=headers,
        allow_redirects=False,
        timeout=60,
    )
    assert answer.status_code == 403
    assert not world.api.get(f"/customers/{world.ids['nordwind']}")["is_blocked"]


def test_a_form_without_this_sessions_token_changes_nothing(staff: Visitor, world: World) -> None:
    session, _ = _session_of(staff, world.path("nordwind"))
    for token in ("", "0" * 64):
        answer = session.post(
            f"{staff.stack.url}{world.path('nordwind')}/block",
            data={"_csrf": token, "reason": "forged"},
            headers={"Sec-Fetch-Site": "same-origin"},
            allow_redirects=False,
            timeout=60,
        )
        assert answer.status_code == 403
    assert not world.api.get(f"/customers/{world.ids['nordwind']}")["is_blocked"]


def _session_of(visitor: Visitor, path: str) -> tuple[requests.Session, str]:
    session = requests.Session()
    for cookie in visitor.context.cookies():
        session.cookies.set(cookie["name"], cookie["value"])
    page = session.get(f"{visitor.stack.url}{path}", timeout=60).text
    found = re.search(r'name="_csrf" value="([0-9a-f]+)"', page)
    assert found
    return session, found[1]


def test_every_page_leaves_with_the_strict_policy_and_nothing_inline(staff: Visitor, world: World) -> None:
    session, _ = _session_of(staff, "/")
    for path in (
        "/",
        "/login",
        "/customers",
        world.path("nordwind"),
        world.path("case"),
        world.path("order"),
        "/work",
        "/nowhere",
    ):
        answer = session.get(f"{staff.stack.url}{path}", headers={"Accept": "text/html"}, timeout=60)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"HX-Request", "HX-Target"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
        assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|<script(?![^>]* src=)", answer.text)


def test_a_fragment_of_a_session_that_ended_is_401_and_never_a_redirect(staff: Visitor) -> None:
    headers = {"HX-Request": "true", "HX-Target": "_customers"}
    answer = requests.get(f"{staff.stack.url}/customers", headers=headers, allow_redirects=False, timeout=60)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (401, "login")


def test_the_same_address_gives_the_page_or_the_block_that_was_asked_for(staff: Visitor) -> None:
    session, _ = _session_of(staff, "/")
    page = session.get(f"{staff.stack.url}/customers", timeout=60).text
    headers = {"HX-Request": "true", "HX-Target": "_customers"}
    block = session.get(f"{staff.stack.url}/customers", headers=headers, timeout=60).text
    assert page.startswith("<!doctype html>")
    assert block.lstrip().startswith('<div id="_customers">')


def test_hostile_text_is_shown_as_text_everywhere(staff: Visitor, world: World, now: str) -> None:
    for number, payload in enumerate(PAYLOADS):
        customer = world.api.post(
            "/customers",
            {
                "kind": "organization",
                "name": f"{payload} {now}",
                "email": f"x{number}.{now}@example.com",
                "industry": payload,
            },
        )
        world.api.post("/notes", {"customer_id": customer["id"], "body": payload})
        case = world.api.post("/cases", {"subject": payload, "description": payload, "customer_id": customer["id"]})
        world.api.post(f"/cases/{case['id']}/messages", {"body": payload, "is_internal": True})
        for path in (f"/customers/{customer['id']}", f"/customers/{customer['id']}/notes", f"/cases/{case['id']}"):
            assert staff.go(path) == 200
            assert (
                staff.page.locator(
                    "main script, main style, main [onerror], main [onclick], main [onload], main [onfocus]"
                ).count()
                == 0
            )
            assert staff.page.locator("main a[href^='javascript']").count() == 0
    staff.go(f"/customers?q={now}")
    assert html.escape(PAYLOADS[0], quote=False) in staff.page.content()


def test_a_one_time_link_logs_in_once(visit: Visit, world: World) -> None:
    visitor = visit()
    argv = [sys.executable, "-m", "flask", "--app", "gateway.app", "login-link"]
    told = subprocess.run(
        argv, env={**os.environ, **visitor.stack.environment("gateway")}, capture_output=True, text=True, check=True
    )
    path = re.search(r"/login/once/\S+", told.stdout)
    assert path
    assert world.ids
    visitor.go(path[0])
    visitor.press("Log in")
    visitor.page.wait_for_url(f"{visitor.stack.url}/")
    second = visit()
    second.go(path[0])
    second.press("Log in")
    second.sees("This link is over")
