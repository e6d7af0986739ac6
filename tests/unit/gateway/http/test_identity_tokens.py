"""The signed identities that the gateway gives to services: believed where they are meant for, and nowhere else."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

import jwt
import pytest

from servicekit.auth import Kind, Principal, Verifier
from servicekit.errors import Unauthenticated


@pytest.fixture
def token(harness):
    principal = Principal(id="usr_1", kind=Kind.USER, permissions=frozenset({"cases:read"}))
    return harness.minter.mint(principal, "cases")


@pytest.fixture
def verifier(harness):
    return Verifier.from_file(harness.environ["CRM_IDENTITY_KEYS"], "cases")


def segment(data):
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def test_an_identity_is_believed_by_its_own_service_alone(harness, verifier, token):
    assert verifier.verify(token).id == "usr_1"
    with pytest.raises(Unauthenticated):
        Verifier.from_file(harness.environ["CRM_IDENTITY_KEYS"], "orders").verify(token)


def test_forged_identities_are_refused(harness, verifier, token):
    claims = jwt.decode(token, options={"verify_signature": False})
    keys = json.loads(Path(harness.environ["CRM_IDENTITY_KEYS"]).read_text())
    head = {"typ": "at+jwt", "kid": "test"}
    none = f"{segment({**head, 'alg': 'none'})}.{segment(claims)}."
    signed = f"{segment({**head, 'alg': 'HS256'})}.{segment(claims)}"
    mac = hmac.new(keys["test"].encode(), signed.encode(), hashlib.sha256).digest()
    hs256 = f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    changed = token.split(".")
    changed[1] = segment({**claims, "permissions": ["*"]})
    for forged in (none, hs256, ".".join(changed), token[:-4] + "AAAA"):
        with pytest.raises(Unauthenticated):
            verifier.verify(forged)


@pytest.mark.parametrize("change", [{"exp": 1}, {"iss": "somebody"}, {"aud": "orders"}, {"aud": ["cases", "orders"]}])
def test_an_identity_that_is_over_or_meant_for_others_is_refused(harness, verifier, token, change):
    key = json.loads(Path(harness.environ["CRM_IDENTITY_SIGNING_KEY"]).read_text())
    claims = {**jwt.decode(token, options={"verify_signature": False}), **change}
    again = jwt.encode(claims, key["private_pem"], algorithm="EdDSA", headers={"kid": key["kid"], "typ": "at+jwt"})
    with pytest.raises(Unauthenticated):
        verifier.verify(again)


def test_an_identity_of_the_inside_opens_nothing_at_the_gateway(gateway, harness):
    root = Principal(id="usr_1", kind=Kind.USER, permissions=frozenset({"*"}))
    for audience in ("gateway", "cases"):
        assert gateway.with_token(harness.minter.mint(root, audience)).get("/users").status_code == 401
