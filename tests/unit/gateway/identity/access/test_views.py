"""API keys: nobody gives one more than they have, and a revoked one opens nothing."""

import pytest
from sqlalchemy import select

from gateway.identity.access import rules
from servicekit.database.tables import IdempotencyKey
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


def test_a_key_makes_no_other_key(gateway):
    admin = gateway.person()
    key = admin.post("/api-keys", {"name": "first", "permissions": ["api_keys:*"]}).json["secret"]
    answer = gateway.with_token(key).post("/api-keys", {"name": "second", "permissions": ["api_keys:read"]})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


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


def test_a_repeated_idempotency_key_makes_another_key_and_stores_no_secret(gateway):
    admin, once = gateway.person(), {"Idempotency-Key": "same-key"}
    body = {"name": "k", "permissions": ["users:read"]}
    made = [admin.post("/api-keys", body, headers=once).json["secret"] for _ in range(2)]
    assert made[0] != made[1]
    with gateway.service.database.read() as session:
        assert session.scalars(select(IdempotencyKey)).all() == []
