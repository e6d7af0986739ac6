"""The rate limit: how it counts, and what a caller who is over it gets."""

import pytest

from gateway.http.rate_limit import Policy, RateLimiter
from servicekit.errors import TooMany
from tests.unit.gateway.conftest import ManualClock


def test_a_rate_limit_counts_each_caller_and_begins_anew_after_a_minute():
    clock = ManualClock()
    rates, policy = RateLimiter(clock=clock), Policy(name="p", per_minute=2)
    assert [rates.take(policy, "a").left, rates.take(policy, "a").left, rates.take(policy, "b").left] == [1, 0, 1]
    with pytest.raises(TooMany) as refused:
        rates.take(policy, "a")
    assert refused.value.headers["Retry-After"] == "60"
    clock.at += 60
    assert rates.take(policy, "a").left == 1


def test_a_limit_of_nought_is_none():
    rates = RateLimiter()
    for _ in range(1000):
        assert rates.take(Policy(name="p", per_minute=0), "a").headers == {}


def test_too_many_requests_are_refused_with_how_long_to_wait(start_gateway, echo):
    gateway = start_gateway(
        CRM_CASES_URL=echo.url, CRM_RATE_LIMIT="3", CRM_RATE_LIMIT_PUBLIC="2", CRM_RATE_LIMIT_LOGIN="2"
    )
    person = gateway.person()
    first = person.get("/cases")
    assert first.headers["RateLimit"] == '"default";r=2;t=60'
    assert first.headers["RateLimit-Policy"] == '"default";q=3;w=60'
    assert [person.get("/cases").status_code for _ in range(3)] == [200, 200, 429]
    refused = person.get("/me")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many")
    assert int(refused.headers["Retry-After"]) in range(1, 61)
    form = "/api/v1/forms/contact/submissions"
    assert [gateway.http.post(form, json={}).status_code for _ in range(3)] == [200, 200, 429]
    assert [gateway.log_in().status_code for _ in range(2)] == [201, 429]
