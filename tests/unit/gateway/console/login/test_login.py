"""Logging in, logging out, and what stands between a stranger and the pages."""

import re

import pytest

from tests.unit.gateway.console.system import ADMIN, PASSWORD


@pytest.fixture
def stranger(system):
    return system.stranger()


def test_a_wrong_password_says_so_and_keeps_the_address(stranger):
    page = stranger.get("/customers").press("Log in", email="nobody@example.com", password="wrong")
    assert page.status == 422
    assert "The e-mail address or the password is wrong." in page.text
    assert (page.values["email"], page.values["password"]) == ("nobody@example.com", "")


def test_both_fields_are_needed(stranger):
    page = stranger.get("/login").press("Log in")
    assert page.errors == {"email": "Enter your e-mail address.", "password": "Enter your password."}


def test_logging_in_leads_to_the_page_that_was_asked_for(stranger):
    page = stranger.get("/customers?kind=individual")
    assert page.heading == "Log in"
    page = page.press("Log in", email=ADMIN, password=PASSWORD)
    assert (page.path, page.heading) == ("/customers?kind=individual", "Customers")
    assert stranger.get("/login?next=/orders").path == "/orders"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y", "/login"],
)
def test_the_log_in_never_leads_to_another_site(stranger, wanted):
    page = stranger.get("/login", query={"next": wanted})
    assert page.values["next"] == "/"
    assert page.press("Log in", email=ADMIN, password=PASSWORD, next=wanted).path == "/"


def test_logging_out_ends_the_session_on_the_server(stranger):
    home = stranger.log_in()
    cookie = stranger.client.get_cookie("crm_session").value
    page = home.press("Log out")
    assert "You are logged out." in page.text
    stranger.client.set_cookie("crm_session", cookie)
    assert stranger.get("/customers").path.startswith("/login?next=%2Fcustomers&over=1")


def test_a_one_time_link_logs_in_once(system, stranger):
    printed = system.gateway.app.test_cli_runner().invoke(args=["login-link"]).output
    path = re.search(r"/login/once/\S+", printed)[0]
    assert stranger.get(path).heading == "Log in once"
    assert stranger.get(path).press("Log in").path == "/"
    second = system.stranger().get(path).press("Log in")
    assert (second.status, second.heading) == (422, "This link is over")


def test_what_was_typed_goes_through_the_log_in(system, stranger):
    customer = system.add_customer("Nordwind Logistik GmbH")
    stranger.log_in()
    page = stranger.get(f"/cases/new?customer={customer['id']}")
    stranger.client.delete_cookie("crm_session")
    page = page.press("Open case", subject="Kept for later")
    assert page.status == 401
    assert "what you typed comes along" in page.text
    page = page.press("Log in", email=ADMIN, password=PASSWORD)
    assert "Kept for later" in page.text
    assert "is open" in page.press("Save it now").text
    assert system.api.get("/cases", q="Kept")["data"][0]["customer_id"] == customer["id"]


def test_a_form_that_is_older_than_the_session_comes_back_to_be_sent_again(system, stranger):
    stranger.log_in()
    page = stranger.get("/cases/new")
    stranger.client.delete_cookie("crm_session")
    stranger.log_in()
    page = page.press("Open case", subject="From the old form")
    assert page.status == 403
    assert "is open" in page.press("Save it now").text


def test_a_fragment_of_a_session_that_ended_is_401_and_never_a_redirect(stranger):
    page = stranger.get("/customers", fragment="_customers")
    assert (page.status, page.headers["HX-Trigger"], page.html) == (401, "login", "")


def test_the_dialog_over_a_page_gets_the_token_of_the_new_session(stranger):
    form = stranger.get("/login").values
    answer = stranger.client.post(
        "/login",
        data={**form, "email": ADMIN, "password": PASSWORD},
        headers={"X-Console": "dialog", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 204
    assert stranger.get("/").values["_csrf"] == answer.headers["X-CSRF-Token"]


def test_many_wrong_passwords_have_to_wait(stranger):
    for _ in range(6):
        page = stranger.get("/login").press("Log in", email="slow@example.com", password="wrong")
    assert page.status == 429
