"""Signing in with a password: the same answer and the same time for everybody, and guessing becomes slow."""

import statistics
import time

import pytest

from gateway.identity.login.password_check import WrongPassword, sign_in, start_session
from gateway.identity.sessions import passwords, rules
from servicekit.errors import TooMany
from tests.unit.gateway.conftest import ADMIN, PASSWORD, REAL_HASHER

ALIKE = ("type", "title", "status", "detail", "code")


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


def test_a_thousand_guesses_get_only_a_handful_of_tries(gateway):
    gateway.log_in()
    tried = 0
    for _ in range(1000):
        try:
            sign_in(gateway.service.database, email=ADMIN, password="a guess", now=gateway.clock(), ip="192.0.2.1")
        except WrongPassword:
            tried += 1
        except TooMany:
            pass
        gateway.clock.move(seconds=1)
    assert 5 < tried <= 20


def test_the_throttle_and_the_wrong_password_are_errors_for_the_console_too(gateway):
    gateway.log_in()
    database, now = gateway.service.database, gateway.clock()
    for _ in range(rules.ACCOUNT_FREE_FAILURES):
        with pytest.raises(WrongPassword):
            start_session(database, email=ADMIN, password="not it, surely", now=now, ip="192.0.2.1")
    with pytest.raises(TooMany):
        start_session(database, email=ADMIN, password=PASSWORD, now=now, ip="192.0.2.1")
