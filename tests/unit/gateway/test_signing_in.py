"""Passwords, tokens, sessions and links: who gets in, who does not, and how fast somebody is out."""

import statistics
import time

import pytest
from sqlalchemy import select

from gateway.identity.access.rules import secret_of_key
from gateway.identity.login.password_check import WrongPassword, sign_in, start_session
from gateway.identity.sessions import passwords, rules
from gateway.identity.sessions.actions import LinkIsOver, create_login_link, redeem_login_link
from gateway.identity.sessions.models import LoginSession
from gateway.identity.staff.models import User
from servicekit.actor import Actor
from servicekit.errors import Invalid, TooMany
from tests.unit.gateway.conftest import ADMIN, PASSWORD, REAL_HASHER

ALIKE = ("type", "title", "status", "detail", "code")


def test_a_right_password_gives_a_bearer_token_that_opens_the_api(gateway):
    answer = gateway.log_in()
    assert answer.status_code == 201
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 12 * 3600
    me = gateway.with_token(answer.json["access_token"]).get("/me").json
    assert (me["email"], me["roles"], me["permissions"]) == (ADMIN, ["administrator"], ["*"])


def test_an_address_signs_in_however_it_is_typed(gateway):
    assert gateway.log_in(" ADA@Example.COM ").status_code == 201


def test_an_unknown_user_and_a_wrong_password_have_the_same_answer(gateway):
    gateway.add_user(email="sam@example.com", roles=[])
    gateway.person().post(f"/users/{gateway.add_user(email='off@example.com')['id']}:disable")
    answers = [
        gateway.log_in("sam@example.com", "not the password at all"),
        gateway.log_in("nobody@example.com", "not the password at all"),
        gateway.log_in("off@example.com", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"
    first, *others = [{name: answer.json[name] for name in ALIKE} for answer in answers]
    assert all(other == first for other in others)


def test_an_unknown_user_takes_as_long_as_a_wrong_password(gateway, monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", REAL_HASHER)
    passwords._decoy_hash.cache_clear()
    gateway.log_in()

    def seconds(email):
        gateway.clock.move(hours=25)  # every failure is forgotten, so no try is refused early
        begun = time.thread_time()  # work, not waiting: other programs of the machine must not decide
        assert gateway.log_in(email, "not the password at all").status_code == 401
        return time.thread_time() - begun

    known = statistics.median(seconds(ADMIN) for _ in range(7))
    unknown = statistics.median(seconds("nobody@example.com") for _ in range(7))
    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize("email", [ADMIN, "nobody@example.com"])
def test_guessing_becomes_slow_and_even_the_right_password_must_wait(gateway, email):
    for _ in range(rules.ACCOUNT_FREE_FAILURES):
        assert gateway.log_in(email, "not the password at all").status_code == 401
    refused = gateway.log_in(email, PASSWORD)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    gateway.clock.move(seconds=1)
    assert gateway.log_in(email, "still not the password").status_code == 401
    assert gateway.log_in(email, PASSWORD).headers["Retry-After"] == "2"


def test_the_right_password_after_the_wait_clears_the_account(gateway):
    for _ in range(rules.ACCOUNT_FREE_FAILURES):
        gateway.log_in(password="not the password at all")
    gateway.clock.move(seconds=1)
    assert gateway.log_in().status_code == 201
    assert gateway.log_in(password="not the password at all").status_code == 401
    assert gateway.log_in().status_code == 201


def test_one_address_cannot_try_many_accounts_for_ever(gateway):
    for number in range(rules.ADDRESS_FREE_FAILURES):
        assert gateway.log_in(f"person{number}@example.com", "not the password at all").status_code == 401
    assert gateway.log_in("another@example.com", "not the password at all").status_code == 429
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    assert gateway.log_in("more@example.com", "not the password", environ_overrides=elsewhere).status_code == 401


def test_the_failures_of_others_at_an_address_do_not_keep_out_who_came_in_from_there(gateway):
    gateway.log_in()
    gateway.add_user()
    for number in range(rules.ADDRESS_FREE_FAILURES):
        gateway.log_in(f"person{number}@example.com", "not the password at all")
    assert gateway.log_in().status_code == 201
    assert gateway.log_in("bo@example.com").status_code == 429  # never came in from there: as an unknown account
    assert gateway.log_in("nobody@example.com").status_code == 429
    for _ in range(rules.ACCOUNT_FREE_FAILURES):
        assert gateway.log_in(password="not the password at all").status_code == 401
    assert gateway.log_in().status_code == 429


def test_an_address_is_known_for_a_month_after_the_last_time(gateway):
    gateway.log_in()
    for days, expected in ((29, 201), (29, 201), (30, 429)):
        gateway.clock.move(days=days)
        gateway.running.run_job("delete_expired_sessions")
        for number in range(rules.ADDRESS_FREE_FAILURES):
            gateway.log_in(f"person{number}@example.com", "not the password at all")
        assert gateway.log_in().status_code == expected


def test_guessing_the_present_password_becomes_slow_as_at_the_door(gateway):
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
    sent = {"Cookie": f"crm_session={cookie}", "Sec-Fetch-Site": "same-origin"}
    answer = gateway.http.post(
        "/api/v1/me:change-password", json={"new_password": "another long password"}, headers=sent
    )
    assert answer.status_code == 204
    assert gateway.log_in("cy@example.com", "another long password").status_code == 201


def test_a_thousand_guesses_get_only_a_handful_of_tries(gateway):
    gateway.log_in()
    heard = 0
    for _ in range(1000):
        try:
            sign_in(gateway.service.database, email=ADMIN, password="a guess", now=gateway.clock(), ip="192.0.2.1")
        except WrongPassword:
            heard += 1
        except TooMany:
            pass
        gateway.clock.move(seconds=1)
    assert 5 < heard <= 20


@pytest.mark.parametrize("password", ["short", "elevenchars", "x" * 129, "aaaaaaaaaaaaaaaa", "cleo@example.com"])
def test_a_weak_password_is_refused_with_its_field(gateway, password):
    answer = gateway.person().post("/users", {"email": "cleo@example.com", "name": "Cleo", "password": password})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/password"


def test_the_longest_allowed_password_works():
    rules.check_password("abcde" + "x" * 123)
    with pytest.raises(Invalid):
        rules.check_password("abcde" + "x" * 124)


def test_a_token_ends_after_twelve_hours(gateway):
    person = gateway.person()
    gateway.clock.move(hours=11, minutes=59)
    gateway.forget_trust()
    assert person.get("/me").status_code == 200
    gateway.clock.move(minutes=1)
    gateway.forget_trust()
    assert person.get("/me").status_code == 401


def test_a_disabled_user_is_out_within_a_second_by_every_door(gateway):
    user = gateway.add_user(roles=["manager"])
    person = gateway.person("bo@example.com")
    key = gateway.with_token(person.post("/api-keys", {"name": "k", "permissions": ["cases:read"]}).json["secret"])
    cookie = open_browser(gateway, "bo@example.com")
    doors = [lambda: person.get("/me"), lambda: key.get("/me"), lambda: browse(gateway, cookie)]
    assert [door().status_code for door in doors] == [200, 200, 200]

    assert gateway.person().post(f"/users/{user['id']}:disable").status_code == 200
    begun = time.monotonic()
    while {door().status_code for door in doors} != {401}:
        assert time.monotonic() - begun < 1.2
        time.sleep(0.05)
    assert gateway.log_in("bo@example.com").status_code == 401


def test_enabled_again_a_user_comes_back_but_old_keys_do_not(gateway):
    user = gateway.add_user(roles=["manager"])
    secret = (
        gateway.person("bo@example.com").post("/api-keys", {"name": "k", "permissions": ["cases:read"]}).json["secret"]
    )
    admin = gateway.person()
    admin.post(f"/users/{user['id']}:disable")
    assert admin.post(f"/users/{user['id']}:enable").json["is_active"] is True
    gateway.forget_trust()
    assert gateway.log_in("bo@example.com").status_code == 201
    assert gateway.with_token(secret).get("/me").status_code == 401


def test_a_new_password_signs_out_everywhere(gateway):
    gateway.add_user()
    person, cookie = gateway.person("bo@example.com"), open_browser(gateway, "bo@example.com")
    change = {"current_password": PASSWORD, "new_password": "another long password"}
    assert person.post("/me:change-password", {**change, "current_password": "wrong"}).status_code == 422
    assert person.post("/me:change-password", change).status_code == 204
    gateway.forget_trust()
    assert person.get("/me").status_code == 401
    assert browse(gateway, cookie).status_code == 401
    assert gateway.log_in("bo@example.com").status_code == 401
    assert gateway.log_in("bo@example.com", "another long password").status_code == 201


def test_a_session_ends_after_half_an_hour_of_rest(gateway):
    gateway.log_in()
    cookie = open_browser(gateway)
    for _ in range(3):
        gateway.clock.move(minutes=29)
        gateway.forget_trust()
        assert browse(gateway, cookie).status_code == 200
    gateway.clock.move(minutes=30)
    gateway.forget_trust()
    assert browse(gateway, cookie).status_code == 401


def test_a_session_ends_after_twelve_hours_of_work(gateway):
    gateway.log_in()
    cookie = open_browser(gateway)
    for _ in range(35):
        gateway.clock.move(minutes=20)
        gateway.forget_trust()
        assert browse(gateway, cookie).status_code == 200
    gateway.clock.move(minutes=20)
    gateway.forget_trust()
    assert browse(gateway, cookie).status_code == 401


def test_sessions_are_listed_and_one_can_be_ended_from_another(gateway):
    gateway.log_in()
    here, there = open_browser(gateway, agent="here"), open_browser(gateway, agent="there")
    rows = browse(gateway, here, "/sessions").json["data"]
    assert {row["user_agent"] for row in rows} == {"here", "there"}
    other = next(row["id"] for row in rows if row["user_agent"] == "there")
    assert gateway.person().delete(f"/sessions/{other}").status_code == 204
    gateway.forget_trust()
    assert browse(gateway, there).status_code == 401
    assert browse(gateway, here).status_code == 200


def test_nobody_ends_somebody_elses_session(gateway):
    gateway.log_in()
    gateway.add_user()
    open_browser(gateway)
    with gateway.service.database.read() as session:
        foreign = session.scalars(select(LoginSession.id)).one()
    assert gateway.person("bo@example.com").delete(f"/sessions/{foreign}").status_code == 404


def test_a_login_link_works_once(gateway):
    token = make_link(gateway)
    with gateway.service.database.write() as session:
        cookie = redeem_login_link(session, token, by=Actor.system(now=gateway.clock()))
    assert browse(gateway, cookie).status_code == 200
    with gateway.service.database.write() as session, pytest.raises(LinkIsOver):
        redeem_login_link(session, token, by=Actor.system(now=gateway.clock()))


def test_a_login_link_is_over_after_a_quarter_of_an_hour(gateway):
    token = make_link(gateway)
    gateway.clock.move(minutes=15)
    with gateway.service.database.write() as session, pytest.raises(LinkIsOver):
        redeem_login_link(session, token, by=Actor.system(now=gateway.clock()))


def test_no_secret_is_kept_in_the_database(gateway):
    token = gateway.log_in().json["access_token"]
    key = gateway.with_token(token).post("/api-keys", {"name": "k", "permissions": ["*"]}).json["secret"]
    cookie, link = open_browser(gateway), make_link(gateway)
    gateway.service.close()
    folder = gateway.running.harness.folder
    kept = b"".join(path.read_bytes() for path in folder.glob("gateway.db*"))
    for secret in (token, key, secret_of_key(key), cookie, link, PASSWORD):
        assert secret.encode() not in kept


def test_a_repeated_idempotency_key_does_not_keep_a_token(gateway):
    first = gateway.log_in(headers={"Idempotency-Key": "same-key"})
    second = gateway.log_in(headers={"Idempotency-Key": "same-key"})
    assert first.json["access_token"] != second.json["access_token"]


def test_the_throttle_and_the_wrong_password_are_errors_for_the_console_too(gateway):
    gateway.log_in()
    database, now = gateway.service.database, gateway.clock()
    for _ in range(rules.ACCOUNT_FREE_FAILURES):
        with pytest.raises(WrongPassword):
            start_session(database, email=ADMIN, password="not it, surely", now=now, ip="192.0.2.1")
    with pytest.raises(TooMany):
        start_session(database, email=ADMIN, password=PASSWORD, now=now, ip="192.0.2.1")


def open_browser(gateway, email=ADMIN, agent="a browser"):
    return start_session(
        gateway.service.database, email=email, password=PASSWORD, now=gateway.clock(), ip="192.0.2.1", user_agent=agent
    )


def browse(gateway, cookie, path="/me"):
    return gateway.http.get(f"/api/v1{path}", headers={"Cookie": f"crm_session={cookie}"})


def make_link(gateway):
    gateway.log_in()
    with gateway.service.database.write() as session:
        user = session.scalars(select(User).where(User.email == ADMIN)).one()
        return create_login_link(session, by=Actor.system(now=gateway.clock()), user_id=user.id)
