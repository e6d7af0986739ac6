"""What every page requires of its request, and what every answer leaves with."""

import re

import pytest

PAGES = ("/", "/login", "/customers", "/cases", "/orders", "/work", "/notifications", "/search?q=x", "/nowhere")


@pytest.fixture(scope="module")
def customer(system):
    return system.add_customer("Nordwind Logistik GmbH")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Accept": "text/html"},
    ],
    ids=["another site", "a neighbour", "another origin", "nobody knows"],
)
def test_a_form_from_elsewhere_changes_nothing(system, customer, headers):
    browser = system.browser()
    token = browser.get(f"/customers/{customer['id']}").values["_csrf"]
    sent = {"_csrf": token, "reason": "from elsewhere"}
    page = browser.post(f"/customers/{customer['id']}/block", sent, **headers)
    assert (page.status, page.heading) == (403, "This was not taken")
    assert not system.api.get(f"/customers/{customer['id']}")["is_blocked"]


@pytest.mark.parametrize("token", ["", "0" * 64, "ä"])
def test_a_form_without_this_sessions_token_changes_nothing(system, customer, token):
    sent = {"_csrf": token, "reason": "forged"}
    page = system.browser().post(f"/customers/{customer['id']}/block", sent)
    assert page.status == 403
    assert not system.api.get(f"/customers/{customer['id']}")["is_blocked"]


def test_the_token_of_another_session_does_not_count(system, customer):
    other = system.browser({"customers:read", "customers:write"}).get("/").values["_csrf"]
    sent = {"_csrf": other, "reason": "borrowed"}
    assert system.browser().post(f"/customers/{customer['id']}/block", sent).status == 403


def test_every_page_leaves_with_the_strict_policy_and_nothing_inline(system, customer):
    for path in (*PAGES, f"/customers/{customer['id']}"):
        page = system.browser().get(path)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert {"HX-Request", "HX-Target"} <= {name.strip() for name in page.headers["Vary"].split(",")}
        assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|<script(?![^>]* src=)", page.html)


def test_static_files_are_kept_for_as_long_as_their_address_is_the_same(system):
    page = system.browser().get("/")
    address = next(
        one.get("href") for one in page.all(".//link[@rel='stylesheet']") if "console.css" in one.get("href")
    )
    client = system.browser().client
    with client.get(address) as versioned, client.get("/console-static/console.css") as plain:
        assert "immutable" in versioned.headers["Cache-Control"]
        assert "immutable" not in plain.headers["Cache-Control"]


def test_a_message_is_shown_once(system, customer):
    browser = system.stranger()
    browser.log_in()
    page = browser.get(f"/customers/{customer['id']}").press("Recompute now")
    assert page.texts(".//*[@role='status']")[0].startswith("The balance is")
    assert not browser.get("/").with_class("message")
