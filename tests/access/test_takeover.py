"""Nobody becomes somebody who sees other records, whatever they may do with users; and no key becomes its owner."""

import requests

from servicekit.auth import Scope
from tests.access.callers import (
    ADMINISTRATOR,
    COLLEAGUE,
    NO_RIGHT,
    NORTH,
    OTHER_CHIEF,
    SOUTH,
    Caller,
    StaffMember,
    add_user,
    token_of,
)
from tests.access.scenario import Scenario, as_api, sign_in_with_browser
from tests.stacks import PASSWORD

NEW_PASSWORD = "a password of the intruder"


def add(scenario: Scenario, name: str, team: str, role: str = "agent") -> str:
    """Somebody new, with no more rights than those who administer users elsewhere."""
    member = StaffMember(role=role, team=team, permissions=(), scope=Scope.TEAM)
    return add_user(scenario.stack.api, name, member, scenario.callers.teams, is_signing_in=False)


def outcome_of(scenario: Scenario, answer: requests.Response) -> str:
    """What came of it; who was admitted reads North's customer, as the user whose password they chose."""
    if not answer.ok:
        return f"{answer.status_code} {answer.json()['code']}"
    new_user = Caller(scenario.stack.url, token_of(scenario.stack, answer.json()["email"], NEW_PASSWORD))
    read = new_user.ask("GET", f"/api/v1/customers/{scenario.north.ids['customer']}")
    return f"{answer.status_code}, and reads the customer of the other team: {read.status_code}"


REFUSED = "403 more_than_own_rights"


def test_who_sees_one_team_does_not_set_the_password_of_somebody_in_another(scenario: Scenario) -> None:
    path = f"/api/v1/users/{add(scenario, 'victim', NORTH)}"
    answer = scenario.caller(OTHER_CHIEF).ask("PATCH", path, json={"password": NEW_PASSWORD})
    assert outcome_of(scenario, answer) == REFUSED


def test_who_sees_one_team_does_not_put_a_new_user_into_another(scenario: Scenario) -> None:
    new_user = {"email": "new_user@example.com", "name": "New user", "roles": ["agent"], "password": NEW_PASSWORD}
    wanted = {**new_user, "team_ids": [scenario.callers.teams[NORTH]]}
    assert outcome_of(scenario, scenario.caller(OTHER_CHIEF).ask("POST", "/api/v1/users", json=wanted)) == REFUSED


def test_who_sees_one_team_does_not_move_their_own_people_into_another(scenario: Scenario) -> None:
    path = f"/api/v1/users/{add(scenario, 'mover', SOUTH)}"
    wanted = {"team_ids": [scenario.callers.teams[NORTH]], "password": NEW_PASSWORD}
    assert outcome_of(scenario, scenario.caller(OTHER_CHIEF).ask("PATCH", path, json=wanted)) == REFUSED


def test_who_sees_only_own_records_does_not_become_another_one_who_does(scenario: Scenario) -> None:
    path = f"/api/v1/users/{add(scenario, 'loner', NORTH, role='field_agent')}"
    answer = scenario.caller(COLLEAGUE).ask("PATCH", path, json={"password": NEW_PASSWORD})
    assert (answer.status_code, answer.json().get("code")) == (403, "more_than_own_rights")


def test_who_administers_users_of_a_team_still_manages_that_team(scenario: Scenario) -> None:
    path = f"/api/v1/users/{add(scenario, 'member', SOUTH)}"
    assert scenario.caller(OTHER_CHIEF).ask("PATCH", path, json={"name": "Renamed"}).status_code == 200
    assert scenario.caller(ADMINISTRATOR).ask("PATCH", path, json={"name": "Again"}).status_code == 200


def test_a_key_that_may_do_nothing_neither_signs_its_owner_out_nor_reads_their_bell(scenario: Scenario) -> None:
    scenario.stack.api.post(
        "/users",
        {"email": "owner@example.com", "name": "Owner", "password": PASSWORD, "roles": ["administrator"]},
    )
    owner = Caller(scenario.stack.url, token_of(scenario.stack, "owner@example.com"))
    wanted = {"name": "weak", "permissions": [NO_RIGHT]}
    key = Caller(scenario.stack.url, as_api(owner).post("/api-keys", wanted)["secret"])
    sign_in_with_browser(scenario.stack, "owner@example.com")
    session = owner.rows("/api/v1/sessions")[0]["id"]
    refused = {
        f"{method} {path}": key.ask(method, f"/api/v1{path}", json=body).status_code
        for method, path, body in [
            ("GET", "/sessions", None),
            ("DELETE", f"/sessions/{session}", None),
            ("GET", "/notifications", None),
            ("PATCH", "/me", {"name": "Somebody else"}),
        ]
    }
    assert refused == dict.fromkeys(refused, 403)
    assert [one["id"] for one in owner.rows("/api/v1/sessions")] == [session]
