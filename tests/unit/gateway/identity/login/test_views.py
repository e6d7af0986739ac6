"""Tokens for a password, and what users see and change of themselves."""

from sqlalchemy import select

from gateway.identity.sessions import rules
from gateway.identity.sessions.actions import create_login_link, redeem_login_link
from gateway.identity.staff.models import User
from servicekit.actor import Actor
from tests.unit.gateway.conftest import ADMIN, PASSWORD


def test_a_right_password_gives_a_bearer_token_that_opens_the_api(gateway):
    answer = gateway.log_in()
    assert answer.status_code == 201
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 12 * 3600
    me = gateway.with_token(answer.json["access_token"]).get("/me").json
    assert (me["email"], me["roles"], me["permissions"]) == (ADMIN, ["administrator"], ["*"])


def test_an_address_signs_in_however_it_is_typed(gateway):
    assert gateway.log_in(" ADA@Example.COM ").status_code == 201


def test_guessing_the_present_password_becomes_slow_as_when_signing_in(gateway):
    gateway.add_user()
    person = gateway.person("bo@example.com")
    change = {"current_password": "not the password at all", "new_password": "another long password"}
    for number in range(rules.ACCOUNT_FREE_FAILURES):
        refused = person.post("/me:change-password", change, headers={"Idempotency-Key": f"try-{number}"})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/current_password")
    right = {**change, "current_password": PASSWORD}
    refused = person.post("/me:change-password", right)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert gateway.log_in("bo@example.com").status_code == 429
    gateway.clock.move(seconds=1)
    again = person.post("/me:change-password", right, headers={"Idempotency-Key": "the-right-one"})
    assert again.status_code == 204
    assert gateway.log_in("bo@example.com", "another long password").status_code == 201


def test_who_came_by_a_link_and_has_no_password_sets_one(gateway):
    gateway.person().post("/users", {"email": "cy@example.com", "name": "Cy", "roles": ["agent"]})
    with gateway.service.database.write() as session:
        user = session.scalars(select(User).where(User.email == "cy@example.com")).one()
        link = create_login_link(session, by=Actor.system(now=gateway.clock()), user_id=user.id)
        cookie = redeem_login_link(session, link, by=Actor.system(now=gateway.clock()))
    change = {"new_password": "another long password"}
    own_page = {"Sec-Fetch-Site": "same-origin"}
    answer = gateway.browse(cookie, "/api/v1/me:change-password", "POST", own_page, json=change)
    assert answer.status_code == 204
    assert gateway.log_in("cy@example.com", "another long password").status_code == 201


def test_a_new_password_signs_out_everywhere(gateway):
    gateway.add_user()
    person, cookie = gateway.person("bo@example.com"), gateway.open_browser("bo@example.com")
    change = {"current_password": PASSWORD, "new_password": "another long password"}
    assert person.post("/me:change-password", {**change, "current_password": "wrong"}).status_code == 422
    assert person.post("/me:change-password", change).status_code == 204
    gateway.forget_trust()
    assert person.get("/me").status_code == 401
    assert gateway.browse(cookie).status_code == 401
    assert gateway.log_in("bo@example.com").status_code == 401
    assert gateway.log_in("bo@example.com", "another long password").status_code == 201


def test_a_repeated_idempotency_key_does_not_keep_a_token(gateway):
    first = gateway.log_in(headers={"Idempotency-Key": "same-key"})
    second = gateway.log_in(headers={"Idempotency-Key": "same-key"})
    assert first.json["access_token"] != second.json["access_token"]
