"""Users, roles and teams: pages and versions, and nobody gives more than they have."""

import pytest


@pytest.mark.proves("B14")
def test_pages_etags_and_idempotency_keys_work_through_the_gateway(gateway):
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


@pytest.mark.parametrize("password", ["short", "elevenchars", "x" * 129, "aaaaaaaaaaaaaaaa", "cleo@example.com"])
def test_a_weak_password_is_refused_with_its_field(gateway, password):
    answer = gateway.person().post("/users", {"email": "cleo@example.com", "name": "Cleo", "password": password})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/password"
