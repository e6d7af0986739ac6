"""API keys, roles, teams and users: nobody gets or gives more than they have."""

import json

import pytest

from gateway.http.routing import committed
from gateway.identity.access import rules
from gateway.identity.staff.rules import SHIPPED_ROLES
from servicekit.settings import BadSettings
from servicekit.testing.harness import write_identity
from tests.unit.gateway.conftest import PASSWORD


@pytest.mark.proves("B14")
def test_a_key_does_what_its_permissions_say_until_it_expires(gateway):
    expires_at = gateway.clock.at.isoformat().replace("+00:00", "Z")
    refused = gateway.person().post(
        "/api-keys", {"name": "late", "permissions": ["users:read"], "expires_at": expires_at}
    )
    assert refused.json["errors"][0]["pointer"] == "/expires_at"
    in_an_hour = gateway.clock.at.replace(year=gateway.clock.at.year + 1).isoformat()
    made = gateway.person().post("/api-keys", {"name": "sync", "permissions": ["users:read"], "expires_at": in_an_hour})
    key = gateway.with_token(made.json["secret"])
    assert key.get("/users").status_code == 200
    assert key.post("/teams", {"name": "North"}).status_code == 403
    gateway.clock.move(days=366)
    gateway.forget_trust()
    assert key.get("/users").status_code == 401


@pytest.mark.proves("B14")
def test_pages_etags_and_idempotency_keys_work_through_the_door(gateway):
    admin = gateway.person()
    for number in range(5):
        gateway.add_user(email=f"user{number}@example.com")
    seen, cursor = [], ""
    while True:
        page = admin.get(f"/users?limit=2&sort=name{cursor}").json
        seen += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 6

    once = {"Idempotency-Key": "make-north"}
    first = admin.post("/teams", {"name": "North"}, headers=once)
    again = admin.post("/teams", {"name": "North"}, headers=once)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"

    team = f"/teams/{first.json['id']}"
    assert admin.patch(team, {"name": "South"}, headers={"If-Match": '"9"'}).status_code == 412
    changed = admin.patch(team, {"name": "South"}, headers={"If-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert admin.get(team, headers={"If-None-Match": changed.headers["ETag"]}).status_code == 304


def test_a_key_is_shown_once_and_its_use_is_noted(gateway):
    admin = gateway.person()
    made = admin.post("/api-keys", {"name": "k", "permissions": ["users:read"]}).json
    assert rules.read_key(made["secret"]) == made["id"]
    row = admin.get(f"/api-keys/{made['id']}").json
    assert "secret" not in row
    assert row["last_used_at"] is None
    gateway.with_token(made["secret"]).get("/me")
    assert admin.get(f"/api-keys/{made['id']}").json["last_used_at"] is not None


def test_a_revoked_key_opens_nothing(gateway):
    admin = gateway.person()
    made = admin.post("/api-keys", {"name": "k", "permissions": ["users:read"]}).json
    key = gateway.with_token(made["secret"])
    assert key.get("/me").status_code == 200
    assert admin.delete(f"/api-keys/{made['id']}").status_code == 204
    gateway.forget_trust()
    assert key.get("/me").status_code == 401
    assert admin.get(f"/api-keys/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    "spoil", [lambda k: k[:-1] + ("0" if k[-1] != "0" else "1"), lambda k: k[:40] + "A" + k[41:], str.upper]
)
def test_a_mistyped_key_is_refused(gateway, spoil):
    secret = gateway.person().post("/api-keys", {"name": "k", "permissions": ["users:read"]}).json["secret"]
    assert gateway.with_token(spoil(secret)).get("/me").status_code == 401


def test_a_key_loses_what_its_owner_loses(gateway):
    user = gateway.add_user(roles=["manager"])
    secret = (
        gateway.person("bo@example.com").post("/api-keys", {"name": "k", "permissions": ["cases:*"]}).json["secret"]
    )
    key = gateway.with_token(secret)
    assert key.get("/me").json["permissions"] == ["cases:*"]
    gateway.person().patch(f"/users/{user['id']}", {"roles": ["finance"]})
    gateway.forget_trust()
    assert key.get("/me").json["permissions"] == ["cases:read"]


def test_nobody_makes_a_key_with_rights_they_lack(gateway):
    gateway.add_user(roles=["manager"])
    answer = gateway.person("bo@example.com").post("/api-keys", {"name": "k", "permissions": ["users:admin"]})
    assert (answer.status_code, answer.json["code"]) == (403, "more_than_own_rights")


def test_a_key_cannot_make_a_stronger_key(gateway):
    admin = gateway.person()
    weak = admin.post("/api-keys", {"name": "weak", "permissions": ["api_keys:write", "users:read"]}).json["secret"]
    answer = gateway.with_token(weak).post("/api-keys", {"name": "strong", "permissions": ["*"]})
    assert answer.status_code == 403


def test_who_administers_users_cannot_make_an_administrator_of_anybody(gateway):
    admin = gateway.person()
    role = {"key": "staff_office", "name": "Staff office", "permissions": ["users:*"], "scope": "all"}
    assert admin.post("/roles", role).status_code == 201
    gateway.add_user(roles=["staff_office"])
    office = gateway.person("bo@example.com")
    me = office.get("/me").json
    root = next(row for row in office.get("/users").json["data"] if row["roles"] == ["administrator"])
    assert office.patch(f"/users/{me['id']}", {"roles": ["administrator"]}).status_code == 403
    assert office.post("/users", {"email": "x@example.com", "name": "X", "roles": ["administrator"]}).status_code == 403
    assert office.patch(f"/users/{root['id']}", {"password": "my own password now"}).status_code == 403
    assert office.patch(f"/users/{root['id']}", {"email": "mine@example.com"}).status_code == 403
    assert office.post(f"/users/{root['id']}:disable").status_code == 403


def made_office(gateway, scope="own"):
    """Somebody who may do much with users and roles, and sees fewer records than all; and a team they are not in."""
    admin = gateway.person()
    may = ["users:*", "roles:*", "teams:*", "cases:*", "api_keys:*"]
    role = {"key": "office", "name": "Office", "permissions": may, "scope": scope}
    assert admin.post("/roles", role).status_code == 201
    wide = {"key": "wide", "name": "Wide", "permissions": ["cases:read"], "scope": "all"}
    assert admin.post("/roles", wide).status_code == 201
    gateway.add_user(roles=["office"])
    return gateway.person("bo@example.com"), admin.post("/teams", {"name": "North"}).json["id"]


def refusal(answer):
    return (answer.status_code, answer.json["code"])


NOT_THEIRS = (403, "more_than_own_rights")


@pytest.mark.parametrize(("scope", "wider"), [("own", ["team", "all"]), ("team", ["all"])])
def test_nobody_makes_a_role_that_sees_more_than_they_do(gateway, scope, wider):
    office, _ = made_office(gateway, scope)
    role = {"key": "mine", "name": "Mine", "permissions": ["cases:read"]}
    for one in wider:
        assert refusal(office.post("/roles", {**role, "scope": one})) == NOT_THEIRS
    made = office.post("/roles", {**role, "scope": scope})
    assert made.status_code == 201
    for one in wider:
        assert refusal(office.patch(f"/roles/{made.json['id']}", {"scope": one})) == NOT_THEIRS
    assert office.patch(f"/roles/{made.json['id']}", {"name": "Still mine"}).status_code == 200


def test_a_role_that_sees_more_is_not_changed_by_who_sees_less(gateway):
    office, _ = made_office(gateway)
    wide = next(row for row in office.get("/roles").json["data"] if row["key"] == "wide")
    assert refusal(office.patch(f"/roles/{wide['id']}", {"permissions": ["cases:*"]})) == NOT_THEIRS


def test_nobody_gives_themselves_or_others_a_role_that_sees_more(gateway):
    office, _ = made_office(gateway)
    me = office.get("/me").json["id"]
    assert refusal(office.patch(f"/users/{me}", {"roles": ["office", "wide"]})) == NOT_THEIRS
    assert refusal(office.post("/users", {"email": "x@example.com", "name": "X", "roles": ["wide"]})) == NOT_THEIRS
    assert office.post("/users", {"email": "x@example.com", "name": "X", "roles": ["office"]}).status_code == 201


def test_who_sees_less_than_all_does_not_choose_their_own_teams(gateway):
    office, north = made_office(gateway, "team")
    me = office.get("/me").json["id"]
    assert refusal(office.patch(f"/users/{me}", {"team_ids": [north]})) == NOT_THEIRS
    assert office.patch(f"/users/{me}", {"team_ids": [], "name": "Bo B."}).status_code == 200
    admin = gateway.person()
    assert admin.patch(f"/users/{admin.get('/me').json['id']}", {"team_ids": [north]}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"name": "X"}, {"language": "de"}, {"manager_id": None}, {"team_ids": []}, {"password": "a new one for you"}],
)
def test_who_has_more_rights_or_sees_more_is_changed_in_nothing(gateway, change):
    office, _ = made_office(gateway, "team")
    root = next(row["id"] for row in office.get("/users").json["data"] if row["roles"] == ["administrator"])
    wide = gateway.add_user(email="wide@example.com", roles=["wide"])["id"]
    like = gateway.add_user(email="like@example.com", roles=["office"])["id"]
    assert refusal(office.patch(f"/users/{root}", change)) == NOT_THEIRS
    assert refusal(office.patch(f"/users/{wide}", change)) == NOT_THEIRS
    assert office.patch(f"/users/{like}", change).status_code == 200


def test_a_key_makes_no_other_key(gateway):
    admin = gateway.person()
    key = admin.post("/api-keys", {"name": "first", "permissions": ["api_keys:*"]}).json["secret"]
    answer = gateway.with_token(key).post("/api-keys", {"name": "second", "permissions": ["api_keys:read"]})
    assert refusal(answer) == (403, "forbidden")


def test_keys_end_with_the_password_that_somebody_else_sets_but_not_with_ones_own(gateway):
    user = gateway.add_user(roles=["manager"])
    bo = gateway.person("bo@example.com")
    key = gateway.with_token(bo.post("/api-keys", {"name": "k", "permissions": ["cases:read"]}).json["secret"])
    change = {"current_password": PASSWORD, "new_password": "another long password"}
    assert bo.post("/me:change-password", change).status_code == 204
    gateway.forget_trust()
    assert key.get("/me").status_code == 200
    gateway.person().patch(f"/users/{user['id']}", {"password": "set by somebody else"})
    gateway.forget_trust()
    assert key.get("/me").status_code == 401


def test_the_last_administrator_stays(gateway):
    admin = gateway.person()
    me = admin.get("/me").json["id"]
    assert admin.post(f"/users/{me}:disable").json["code"] == "last_administrator"
    assert admin.patch(f"/users/{me}", {"roles": ["agent"]}).json["code"] == "last_administrator"
    gateway.add_user(roles=["administrator"])
    assert admin.post(f"/users/{me}:disable").status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "bo@example.com", "name": "Bo again"}, "/email"),
        ({"email": "new@example.com", "name": "New", "roles": ["king"]}, "/roles"),
        ({"email": "new@example.com", "name": "New", "team_ids": ["tea_none"]}, "/team_ids"),
        ({"email": "new@example.com", "name": "New", "manager_id": "usr_none"}, "/manager_id"),
        ({"email": "no address", "name": "New"}, "/email"),
        ({"email": "new@example.com", "name": "New", "is_administrator": True}, "/is_administrator"),
    ],
)
def test_a_user_that_cannot_be_names_its_wrong_field(gateway, body, pointer):
    gateway.add_user()
    answer = gateway.person().post("/users", body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_what_happens_to_a_user_is_told(gateway):
    user = gateway.add_user(email="cleo@example.com")
    admin = gateway.person()
    admin.patch(f"/users/{user['id']}", {"name": "Cleo", "roles": ["support"]})
    admin.post(f"/users/{user['id']}:disable")
    told = [one for one in gateway.running.recorded() if one["subject"] == user["id"]]
    assert [one["type"] for one in told] == ["user.created.v1", "user.updated.v1", "user.disabled.v1"]
    assert [one["sequence"] for one in told] == [1, 2, 3]
    assert told[0]["data"] == {
        "id": user["id"],
        "is_active": True,
        "roles": ["agent"],
        "team_ids": [],
        "manager_id": None,
        "personal": {"name": "Bo", "email": "cleo@example.com", "language": "en"},
    }
    assert told[1]["data"]["personal"] == {"name": "Cleo", "email": "cleo@example.com", "language": "en"}
    assert told[1]["data"]["roles"] == ["support"]
    assert told[2]["data"]["is_active"] is False


def test_a_changed_role_or_team_is_told_again_for_every_member(gateway):
    admin = gateway.person()
    team = admin.post("/teams", {"name": "North"}).json
    members = {
        gateway.add_user(email=f"u{n}@example.com", roles=["agent"], team_ids=[team["id"]])["id"] for n in range(2)
    }
    admin.patch(f"/teams/{team['id']}", {"name": "South"})
    role = next(row for row in admin.get("/roles").json["data"] if row["key"] == "agent")
    admin.patch(f"/roles/{role['id']}", {"permissions": ["cases:read"]})
    told = [one for one in gateway.running.recorded() if one["type"] == "user.updated.v1"]
    assert [one["subject"] for one in told] == sorted(members) * 2
    gateway.forget_trust()
    assert gateway.person("u0@example.com").get("/me").json["permissions"] == ["cases:read"]


def test_teams_and_roles_in_use_stay(gateway):
    admin = gateway.person()
    team = admin.post("/teams", {"name": "North"}).json
    gateway.add_user(team_ids=[team["id"]])
    assert admin.delete(f"/teams/{team['id']}").json["code"] == "team_in_use"
    agent = next(row for row in admin.get("/roles").json["data"] if row["key"] == "agent")
    assert admin.delete(f"/roles/{agent['id']}").json["code"] == "role_in_use"
    own = admin.post("/roles", {"key": "intern", "name": "Intern", "permissions": ["cases:read"]}).json
    assert admin.delete(f"/roles/{own['id']}").status_code == 204


def test_the_administrator_role_cannot_be_cut(gateway):
    admin = gateway.person()
    role = next(row for row in admin.get("/roles").json["data"] if row["key"] == "administrator")
    assert admin.patch(f"/roles/{role['id']}", {"permissions": ["cases:read"]}).status_code == 409


@pytest.mark.parametrize(
    ("grant", "permission", "expected"),
    [
        ("*", "a:b", True),
        ("a:*", "a:b", True),
        ("a:*", "a:*", True),
        ("a:b", "a:*", False),
        ("a:b", "ab:c", False),
        ("a:*", "*", False),
    ],
)
def test_a_grant_covers_what_it_says(grant, permission, expected):
    assert rules.covers(grant, permission) is expected


def test_every_route_says_what_it_needs_and_shipped_roles_name_only_what_routes_need():
    needed = set()
    for operations in json.loads(committed("openapi.json"))["paths"].values():
        needed |= {one["x-needs"] for method, one in operations.items() if method != "parameters"}
    assert all(needs in {"public", "signed_in"} or rules._PERMISSION.fullmatch(needs) for needs in needed)
    for key, _, permissions, _ in SHIPPED_ROLES:
        useless = [one for one in permissions if not any(rules.covers(one, needs) for needs in needed)]
        assert useless == [], key
    unheld = {n for n in needed if ":" in n and not any(rules.is_allowed(r[2], n) for r in SHIPPED_ROLES[1:])}
    assert unheld == {"users:admin", "roles:admin", "teams:admin"}


def test_two_first_starts_at_once_make_one_administrator(gateway):
    from concurrent.futures import ThreadPoolExecutor

    from gateway.identity.staff.first_start import prepare

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: prepare(gateway.service), range(16)))
    users = gateway.person().get("/users").json["data"]
    assert [user["roles"] for user in users] == [["administrator"]]
    assert len([one for one in gateway.running.recorded() if one["type"] == "user.created.v1"]) == 1


def test_the_command_line_prints_a_login_path_and_a_key(gateway):
    run = gateway.app.test_cli_runner()
    link = run.invoke(args=["login-link"]).output.strip().splitlines()[-1]
    assert link.startswith("/login/once/")
    secret = run.invoke(args=["api-key", "--name", "demo", "--permissions", "cases:read,orders:read"]).output.strip()
    assert gateway.with_token(secret.splitlines()[-1]).get("/me").json["permissions"] == ["cases:read", "orders:read"]
    assert run.invoke(args=["login-link", "--email", "nobody@example.com"]).exit_code == 1


def test_without_a_named_administrator_the_login_link_makes_one(start_gateway):
    gateway = start_gateway(CRM_ADMIN_EMAIL="", CRM_ADMIN_PASSWORD="")
    assert gateway.log_in(password=PASSWORD).status_code == 401
    run = gateway.app.test_cli_runner()
    assert run.invoke(args=["login-link"]).exit_code == 0
    assert run.invoke(args=["login-link"]).exit_code == 0
    assert len([one for one in gateway.running.recorded() if one["type"] == "user.created.v1"]) == 1


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"CRM_ADMIN_PASSWORD": "short"}, "12 to 128"),
        ({"CRM_ADMIN_PASSWORD": "x" * 129}, "12 to 128"),
        ({"CRM_ADMIN_EMAIL": ""}, "CRM_ADMIN_EMAIL"),
    ],
)
def test_a_first_password_that_is_weak_or_nobodys_stops_the_start(start_gateway, settings, says):
    with pytest.raises(BadSettings, match=says):
        start_gateway(**settings)


def test_a_key_pair_of_another_installation_opens_nothing(gateway, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write_identity(other)
    assert (
        gateway.with_token((other / "identity-keys.json").read_text()[:40].replace("\n", "")).get("/me").status_code
        == 401
    )
