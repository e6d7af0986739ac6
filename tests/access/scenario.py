"""The scenario of the access tests: one running system, two teams, and what belongs to each of them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import requests

from ops.api import Api
from servicekit.auth import Scope
from tests.access.callers import (
    ADMINISTRATOR,
    MANAGER,
    NORTH,
    OTHER_TEAM,
    OWNER,
    SECONDS,
    SOUTH,
    STAFF,
    Caller,
    Callers,
    StaffMember,
    add_user,
    create_callers,
    email_of,
)
from tests.access.resources import TeamResources, create_resources, create_shared_resources, wait_for_mail
from tests.stacks import PASSWORD, Stack

NORTH_MARKER: Final = "Alphaquartz"
SOUTH_MARKER: Final = "Betaquartz"
# Who may do everything: what they take away must be there for each of them anew.
ALL_PERMISSIONS: Final = tuple(name for name, one in STAFF.items() if "*" in one.permissions)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`shared` are ids that belong to no team; `spare` are ids that one actor may use up: by kind, then by actor."""

    stack: Stack
    callers: Callers
    north: TeamResources
    south: TeamResources
    shared: Mapping[str, str]
    spare: Mapping[str, Mapping[str, str]]
    cookie: str

    def caller(self, actor: str) -> Caller:
        return self.callers.by_actor[actor]

    def known(self, actor: str) -> Mapping[str, str]:
        """The id that a path or a body means, for this actor: what belongs to North and its owner."""
        spare = {kind: ids.get(actor, ids[ADMINISTRATOR]) for kind, ids in self.spare.items()}
        users = {"user": self.callers.ids[OWNER], "team": self.callers.teams[NORTH]}
        return {**self.north.ids, **self.shared, **users, **spare}


def build_scenario(stack: Stack) -> Scenario:
    """Everything made through the API, as an administrator would."""
    admin = stack.api
    staff = create_callers(stack)
    shared = create_shared_resources(admin)
    north = TeamResources(marker=NORTH_MARKER, owner_id=staff.ids[OWNER], team_id=staff.teams[NORTH])
    south = TeamResources(marker=SOUTH_MARKER, owner_id=staff.ids[OTHER_TEAM], team_id=staff.teams[SOUTH])
    for resources, owner in ((north, OWNER), (south, OTHER_TEAM)):
        create_resources(admin, resources)
        wait_for_mail(admin, as_api(staff.by_actor[owner]), resources)
    cookie = sign_in_with_browser(stack, email_of(OWNER))
    wide = {"key": "controller", "name": "Controller", "permissions": ["cases:read"], "scope": "all"}
    shared["role"] = _id_of(admin.post("/roles", wide))
    of_manager = as_api(staff.by_actor[MANAGER])
    shared["api_key"] = _id_of(of_manager.post("/api-keys", {"name": "reads", "permissions": ["cases:read"]}))
    shared["session"] = str(staff.by_actor[OWNER].rows("/api/v1/sessions")[0]["id"])
    spare = _make_spares(stack, staff, north)
    return Scenario(stack=stack, callers=staff, north=north, south=south, shared=shared, spare=spare, cookie=cookie)


def as_api(caller: Caller) -> Api:
    """The same caller where a refusal is a failure of the test."""
    return Api(caller.url, caller.token)


def sign_in_with_browser(stack: Stack, email: str, **headers: str) -> str:
    """The session cookie of somebody who filled in the form for signing in."""
    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(f"{stack.url}/login", timeout=SECONDS)
    found = re.search(r'name="_csrf" value="([^"]+)"', page.text)
    assert found, page.text
    form = {"email": email, "password": PASSWORD, "_csrf": found[1]}
    sent = {"Origin": stack.url, **headers}
    answer = browser.post(f"{stack.url}/login", data=form, headers=sent, timeout=SECONDS, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(browser.cookies["crm_session"])


@contextmanager
def workers_stopped(stack: Stack) -> Iterator[None]:
    """Without workers nothing changes by itself: whatever differs afterwards, a request has done."""
    workers = [name for name in stack.processes if name.endswith("-worker")]
    stack.terminate(*workers)
    try:
        yield
    finally:
        stack.start(*workers)


def _make_spares(stack: Stack, staff: Callers, north: TeamResources) -> dict[str, dict[str, str]]:
    """What a refused caller must not, and an admitted one will, use up."""
    admin = stack.api
    of_manager = as_api(staff.by_actor[MANAGER])
    contract = f"/service-contracts/{north.ids['contract']}/items"
    agent = StaffMember(role="agent", team=NORTH, permissions=(), scope=Scope.TEAM)
    spare: dict[str, dict[str, str]] = {
        kind: {} for kind in ("contract_item", "unused_key", "unused_role", "active_user", "disabled_user")
    }
    for actor in STAFF:
        spare["contract_item"][actor] = _id_of(admin.post(contract, {"product": f"for {actor}"}))
        key = {"name": f"for {actor}", "permissions": ["cases:read"]}
        spare["unused_key"][actor] = _id_of(of_manager.post("/api-keys", key))
    for actor in ALL_PERMISSIONS:
        role = {"key": f"auditor_{actor}", "name": actor, "permissions": ["cases:read"], "scope": "all"}
        spare["unused_role"][actor] = _id_of(admin.post("/roles", role))
        for kind in ("active_user", "disabled_user"):
            name = f"{kind}_{actor}"
            spare[kind][actor] = add_user(admin, name, agent, staff.teams, is_signing_in=False)
        admin.post(f"/users/{spare['disabled_user'][actor]}:disable")
    return spare


def _id_of(made: dict[str, Any]) -> str:
    return str(made["id"])
