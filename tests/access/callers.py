"""Callers: every kind of caller that a cell of the matrix is tried with, each with its own connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests

from gateway.identity.sessions.rules import new_access_token
from gateway.identity.staff import rules
from ops.api import Api
from servicekit.auth import Scope
from tests.stacks import ADMIN, PASSWORD, Stack

ANONYMOUS: Final = "anonymous"
WRONG_TOKEN: Final = "wrong_token"
KEY: Final = "key_without_permissions"
OWNER: Final = "agent_own"
COLLEAGUE: Final = "colleague_own"
TEAM: Final = "agent_team"
OTHER_TEAM: Final = "agent_other_team"
OTHER_CHIEF: Final = "chief_other_team"
MANAGER: Final = "manager"
ADMINISTRATOR: Final = "administrator"

NORTH: Final = "North"
SOUTH: Final = "South"
NO_RIGHT: Final = "nothing:whatever"
SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class StaffMember:
    """A member of staff: the role, and the team they work in. What the role allows is needed to judge the matrix."""

    role: str
    team: str | None
    permissions: tuple[str, ...]
    scope: Scope


def _shipped(key: str, team: str | None = None) -> StaffMember:
    permissions, scope = next((one[2], one[3]) for one in rules.SHIPPED_ROLES if one[0] == key)
    return StaffMember(role=key, team=team, permissions=permissions, scope=Scope(scope))


STAFF: Final[Mapping[str, StaffMember]] = {
    # Owns what belongs to North; sees nothing else.
    OWNER: StaffMember(role="field_agent", team=NORTH, permissions=rules.AGENT_PERMISSIONS, scope=Scope.OWN),
    # May do everything, but with own records alone: what stops them is the scope and never a missing permission.
    COLLEAGUE: StaffMember(role="solo", team=NORTH, permissions=("*",), scope=Scope.OWN),
    TEAM: _shipped("agent", NORTH),
    OTHER_TEAM: _shipped("agent", SOUTH),
    # May do everything, but in the other team alone.
    OTHER_CHIEF: StaffMember(role="branch_head", team=SOUTH, permissions=("*",), scope=Scope.TEAM),
    "finance": _shipped("finance"),
    "support": _shipped("support"),
    MANAGER: _shipped("manager"),
    ADMINISTRATOR: _shipped("administrator"),
}
ACTORS: Final = (ANONYMOUS, WRONG_TOKEN, KEY, *STAFF)


class Caller:
    """One caller on one connection that is kept: answers come back as they are, refusals too."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.token = token
        self.http = requests.Session()
        # The address is this machine's, and a .netrc or a proxy of the environment would change who is asking.
        self.http.trust_env = False
        if token is not None:
            self.http.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, **sent: Any) -> requests.Response:
        """`path` as the document has it, with /api/v1."""
        return self.http.request(method, f"{self.url}{path}", timeout=SECONDS, allow_redirects=False, **sent)

    def rows(self, path: str, **query: str) -> list[dict[str, Any]]:
        """All rows of a list."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = self.ask("GET", path, params={**query, "limit": "200", **cursor})
            assert answer.status_code == 200, f"{path} {query}: {answer.text}"
            page = answer.json()
            found += page["data"]
            if not page["has_more"]:
                return found
            cursor = {"cursor": page["next_cursor"]}


@dataclass(frozen=True, kw_only=True)
class Callers:
    """Everybody who is asked about, and their ids where they have one."""

    by_actor: Mapping[str, Caller]
    ids: Mapping[str, str]
    teams: Mapping[str, str]
    roles: Mapping[str, str]


def email_of(actor: str) -> str:
    """Where this member of staff signs in."""
    return ADMIN if actor == ADMINISTRATOR else f"{actor}@example.com"


def create_callers(stack: Stack) -> Callers:
    """Teams, roles and people, through the API; everybody signs in."""
    admin = stack.api
    teams = {name: str(admin.post("/teams", {"name": name})["id"]) for name in (NORTH, SOUTH)}
    for one in STAFF.values():
        if one.role not in {key for key, *_ in rules.SHIPPED_ROLES}:
            wanted = {"key": one.role, "name": one.role, "permissions": list(one.permissions), "scope": one.scope.value}
            admin.post("/roles", wanted)
    ids = {actor: add_user(admin, actor, one, teams) for actor, one in STAFF.items() if actor != ADMINISTRATOR}
    ids[ADMINISTRATOR] = str(admin.get("/me")["id"])
    roles = {str(one["key"]): str(one["id"]) for one in admin.get("/roles", limit="200")["data"]}
    key = admin.post("/api-keys", {"name": "may do nothing", "permissions": [NO_RIGHT]})["secret"]
    callers = {
        ANONYMOUS: Caller(stack.url),
        WRONG_TOKEN: Caller(stack.url, new_access_token()),
        KEY: Caller(stack.url, key),
        **{actor: Caller(stack.url, token_of(stack, email_of(actor))) for actor in STAFF},
    }
    return Callers(by_actor=callers, ids=ids, teams=teams, roles=roles)


def add_user(admin: Api, name: str, one: StaffMember, teams: Mapping[str, str], *, is_signing_in: bool = True) -> str:
    """A member of staff; who never signs in needs no password."""
    wanted: dict[str, Any] = {"email": email_of(name), "name": name, "roles": [one.role]}
    if one.team is not None:
        wanted["team_ids"] = [teams[one.team]]
    if is_signing_in:
        wanted["password"] = PASSWORD
    return str(admin.post("/users", wanted)["id"])


def token_of(stack: Stack, email: str, password: str = PASSWORD) -> str:
    """A bearer token for a password."""
    asked = {"email": email, "password": password}
    return str(Api(stack.url).post("/auth/tokens", asked)["access_token"])
