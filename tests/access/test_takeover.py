"""Nobody becomes somebody who sees other records, whatever they may do with users; and no key becomes its owner."""

import requests

from servicekit.auth import Scope
from tests.access import callers as people
from tests.access.callers import ADMINISTRATOR, COLLEAGUE, NORTH, OTHER_CHIEF, SOUTH, Caller, Hire
from tests.access.scenario import World, as_api, sign_in_with_browser
from tests.stacks import PASSWORD

NEW_PASSWORD = "a password of the intruder"


def add(world: World, name: str, team: str, role: str = "agent") -> str:
    """Somebody new, with no more rights than those who administer users elsewhere."""
    hire = Hire(role=role, team=team, permissions=(), scope=Scope.TEAM)
    return people.add_user(world.stack.api, name, hire, world.people.teams, is_signing_in=False)


def spoils(world: World, answer: requests.Response) -> str:
    """What somebody got who was let in: North's customer, read as the user whose password they chose."""
    if not answer.ok:
        return f"{answer.status_code} {answer.json()['code']}"
    puppet = Caller(world.stack.url, people.token_of(world.stack, answer.json()["email"], NEW_PASSWORD))
    read = puppet.ask("GET", f"/api/v1/customers/{world.north.ids['customer']}")
    return f"{answer.status_code}, and reads the customer of the other team: {read.status_code}"


REFUSED = "403 more_than_own_rights"


def test_who_sees_one_team_does_not_set_the_password_of_somebody_in_another(world: World) -> None:
    path = f"/api/v1/users/{add(world, 'victim', NORTH)}"
    answer = world.caller(OTHER_CHIEF).ask("PATCH", path, json={"password": NEW_PASSWORD})
    assert spoils(world, answer) == REFUSED


def test_who_sees_one_team_does_not_put_a_new_user_into_another(world: World) -> None:
    puppet = {"email": "puppet@example.com", "name": "Puppet", "roles": ["agent"], "password": NEW_PASSWORD}
    wanted = {**puppet, "team_ids": [world.people.teams[NORTH]]}
    assert spoils(world, world.caller(OTHER_CHIEF).ask("POST", "/api/v1/users", json=wanted)) == REFUSED


def test_who_sees_one_team_does_not_move_their_own_people_into_another(world: World) -> None:
    path = f"/api/v1/users/{add(world, 'mover', SOUTH)}"
    wanted = {"team_ids": [world.people.teams[NORTH]], "password": NEW_PASSWORD}
    assert spoils(world, world.caller(OTHER_CHIEF).ask("PATCH", path, json=wanted)) == REFUSED


def test_who_sees_only_own_records_does_not_become_another_one_who_does(world: World) -> None:
    path = f"/api/v1/users/{add(world, 'loner', NORTH, role='field_agent')}"
    answer = world.caller(COLLEAGUE).ask("PATCH", path, json={"password": NEW_PASSWORD})
    assert (answer.status_code, answer.json().get("code")) == (403, "more_than_own_rights")


def test_who_administers_users_of_a_team_still_manages_that_team(world: World) -> None:
    path = f"/api/v1/users/{add(world, 'member', SOUTH)}"
    assert world.caller(OTHER_CHIEF).ask("PATCH", path, json={"name": "Renamed"}).status_code == 200
    assert world.caller(ADMINISTRATOR).ask("PATCH", path, json={"name": "Again"}).status_code == 200


def test_a_key_that_may_do_nothing_neither_signs_its_owner_out_nor_reads_their_bell(world: World) -> None:
    world.stack.api.post(
        "/users",
        {"email": "owner@example.com", "name": "Owner", "password": PASSWORD, "roles": ["administrator"]},
    )
    owner = Caller(world.stack.url, people.token_of(world.stack, "owner@example.com"))
    wanted = {"name": "weak", "permissions": [people.NO_RIGHT]}
    key = Caller(world.stack.url, as_api(owner).post("/api-keys", wanted)["secret"])
    sign_in_with_browser(world.stack, "owner@example.com")
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
