"""What happens to users is published to the other services, and signs out whom it must."""

import time


def test_what_happens_to_a_user_is_published(gateway):
    user = gateway.add_user(email="cleo@example.com")
    admin = gateway.person()
    admin.patch(f"/users/{user['id']}", {"name": "Cleo", "roles": ["support"]})
    admin.post(f"/users/{user['id']}:disable")
    events = [one for one in gateway.running.recorded() if one["subject"] == user["id"]]
    assert [one["type"] for one in events] == ["user.created.v1", "user.updated.v1", "user.disabled.v1"]
    assert [one["sequence"] for one in events] == [1, 2, 3]
    assert events[0]["data"] == {
        "id": user["id"],
        "is_active": True,
        "roles": ["agent"],
        "team_ids": [],
        "manager_id": None,
        "personal": {"name": "Bo", "email": "cleo@example.com", "language": "en"},
    }
    assert events[1]["data"]["personal"] == {"name": "Cleo", "email": "cleo@example.com", "language": "en"}
    assert events[1]["data"]["roles"] == ["support"]
    assert events[2]["data"]["is_active"] is False


def test_a_changed_role_or_team_is_published_again_for_every_member(gateway):
    admin = gateway.person()
    team = admin.post("/teams", {"name": "North"}).json
    members = {
        gateway.add_user(email=f"u{n}@example.com", roles=["agent"], team_ids=[team["id"]])["id"] for n in range(2)
    }
    admin.patch(f"/teams/{team['id']}", {"name": "South"})
    role = next(row for row in admin.get("/roles").json["data"] if row["key"] == "agent")
    admin.patch(f"/roles/{role['id']}", {"permissions": ["cases:read"]})
    events = [one for one in gateway.running.recorded() if one["type"] == "user.updated.v1"]
    assert [one["subject"] for one in events] == sorted(members) * 2
    gateway.forget_trust()
    assert gateway.person("u0@example.com").get("/me").json["permissions"] == ["cases:read"]


def test_a_disabled_user_is_out_within_a_second_by_every_credential(gateway):
    user = gateway.add_user(roles=["manager"])
    person = gateway.person("bo@example.com")
    key = gateway.with_token(person.post("/api-keys", {"name": "k", "permissions": ["cases:read"]}).json["secret"])
    cookie = gateway.open_browser("bo@example.com")
    credentials = [lambda: person.get("/me"), lambda: key.get("/me"), lambda: gateway.browse(cookie)]
    assert [present().status_code for present in credentials] == [200, 200, 200]

    assert gateway.person().post(f"/users/{user['id']}:disable").status_code == 200
    disabled_at = begun = time.monotonic()
    while {present().status_code for present in credentials} != {401}:
        assert begun - disabled_at < 1, "whoever asks a second later finds every door closed"
        time.sleep(0.05)
        begun = time.monotonic()
    assert gateway.log_in("bo@example.com").status_code == 401


def test_enabled_again_a_user_comes_back_but_old_keys_do_not(gateway):
    user = gateway.add_user(roles=["manager"])
    secret = (
        gateway.person("bo@example.com").post("/api-keys", {"name": "k", "permissions": ["cases:read"]}).json["secret"]
    )
    admin = gateway.person()
    admin.post(f"/users/{user['id']}:disable")
    assert admin.post(f"/users/{user['id']}:enable").json["is_active"] is True
    gateway.forget_trust()
    assert gateway.log_in("bo@example.com").status_code == 201
    assert gateway.with_token(secret).get("/me").status_code == 401
