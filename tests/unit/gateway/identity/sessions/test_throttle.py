"""The throttle: failures count for the account and for the address, and nobody is locked out."""

import pytest

from gateway.identity.sessions import rules
from tests.unit.gateway.conftest import ADMIN, PASSWORD


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
