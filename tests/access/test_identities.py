"""Each service, asked at its own port by somebody who came past the gateway, believes no identity but the gateway's."""

import pytest

from ops.repository import SERVICES
from servicekit.auth import LEEWAY_SECONDS
from tests.access.callers import ADMINISTRATOR, KEY, Caller
from tests.access.forged_identities import FORGERIES, Forger, ago
from tests.access.resources import FORM
from tests.access.scenario import Scenario

LISTS = {"customers": "customers", "cases": "cases", "orders": "orders", "notifications": "emails"}
SUBMIT = f"/api/v1/forms/{FORM}/submissions"


@pytest.fixture(params=SERVICES)
def forger(scenario: Scenario, request: pytest.FixtureRequest) -> Forger:
    """Somebody who reached this service's port."""
    return Forger.at(scenario.stack.installation.data, request.param)


def ask(scenario: Scenario, service: str, **sent: object) -> tuple[int, str]:
    """The service's list, at its own port: the status, and what it says is missing."""
    past = Caller(scenario.stack.installation.url_of(service))
    answer = past.ask("GET", f"/api/v1/{LISTS[service]}", **sent)
    return answer.status_code, answer.headers.get("WWW-Authenticate", "")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


NOBODY = (401, "Bearer")


def test_an_identity_that_is_wrong_in_nothing_is_believed(scenario: Scenario, forger: Forger) -> None:
    """So that the forged ones are refused for what is wrong with them, and for nothing else."""
    for token in (forger.signed(), forger.signed(exp=ago(LEEWAY_SECONDS - 15))):
        assert ask(scenario, forger.service, headers=bearer(token)) == (200, "")


def test_no_forged_identity_is_believed(scenario: Scenario, forger: Forger) -> None:
    seen = {name: ask(scenario, forger.service, headers=bearer(forge(forger))) for name, forge in FORGERIES.items()}
    assert {name: status for name, status in seen.items() if status != NOBODY} == {}


def test_what_opens_the_gateway_opens_no_service(scenario: Scenario, forger: Forger) -> None:
    other_credentials = {
        "an access token": bearer(scenario.caller(ADMINISTRATOR).token or ""),
        "an API key": bearer(scenario.caller(KEY).token or ""),
        "a session": {"Cookie": f"crm_session={scenario.cookie}"},
        "a session as a bearer": bearer(scenario.cookie),
        "nothing but a claim": {"X-User-Id": scenario.callers.ids[ADMINISTRATOR], "X-User-Roles": "administrator"},
    }
    seen = {name: ask(scenario, forger.service, headers=headers) for name, headers in other_credentials.items()}
    assert {name: status for name, status in seen.items() if status != NOBODY} == {}


def test_a_right_identity_in_a_wrong_place_is_not_looked_for(scenario: Scenario, forger: Forger) -> None:
    token = forger.signed()
    places: dict[str, dict[str, object]] = {
        "another scheme": {"headers": {"Authorization": f"Basic {token}"}},
        "no scheme": {"headers": {"Authorization": token}},
        "the address": {"params": {"access_token": token}},
        "a cookie": {"headers": {"Cookie": f"crm_session={token}; Authorization={token}"}},
        "another header": {"headers": {"X-Authorization": f"Bearer {token}", "Proxy-Authorization": f"Bearer {token}"}},
    }
    seen = {name: ask(scenario, forger.service, **sent) for name, sent in places.items()}
    assert {name: status for name, status in seen.items() if status != NOBODY} == {}


def test_even_what_anybody_may_do_a_service_does_only_for_the_gateway(scenario: Scenario) -> None:
    past = Caller(scenario.stack.installation.url_of("cases"))
    assert past.ask("POST", SUBMIT, json={"answers": {}}).status_code == 401


@pytest.mark.parametrize("service", ["gateway", *SERVICES])
def test_the_identity_of_a_service_opens_nothing_at_the_gateway(scenario: Scenario, service: str) -> None:
    token = Forger.at(scenario.stack.installation.data, service).signed(sub=scenario.callers.ids[ADMINISTRATOR])
    gateway = Caller(scenario.stack.url)
    for path in ("/api/v1/me", "/api/v1/cases"):
        assert gateway.ask("GET", path, headers=bearer(token)).status_code == 401
        assert gateway.ask("GET", path, headers={"Cookie": f"crm_session={token}"}).status_code == 401
    assert gateway.ask("POST", SUBMIT, json={"answers": {}}, headers=bearer(token)).status_code == 401
