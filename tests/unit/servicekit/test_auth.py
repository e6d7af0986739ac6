"""Who may speak for whom: a token is for one service, of one kind, from one issuer, and for two minutes."""

import json
import time
from pathlib import Path

import jwt
import pytest

from servicekit.auth import Kind, Minter, Principal, Scope, Verifier
from servicekit.errors import Unauthenticated
from servicekit.testing.harness import write_identity

ANA = Principal(
    id="usr_a", kind=Kind.USER, name="Ana", permissions=frozenset({"books:read"}), scope=Scope.TEAM, team_ids=("t1",)
)


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Minter, dict[str, str], str]:
    public, signing = write_identity(tmp_path)
    key = json.loads(signing.read_text())
    return Minter.from_file(str(signing)), json.loads(public.read_text()), key["private_pem"]


def claims(**changed) -> dict:
    now = int(time.time())
    known = {
        "iss": "gateway",
        "aud": "library",
        "sub": "usr_a",
        "iat": now,
        "exp": now + 60,
        "kind": "user",
        "name": "",
        "permissions": ["*"],
    }
    return {**known, "scope": "all", "teams": [], "roles": [], **changed}


def test_an_identity_arrives_as_it_was_minted(keys) -> None:
    minter, public, _ = keys
    assert Verifier(public, "library").verify(minter.mint(ANA, "library")) == ANA


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "orders"},
        {"aud": ["library", "orders"]},
        {"iss": "somebody"},
        {"exp": int(time.time()) - 3600},
        {"kind": "root"},
        {"kind": "system"},
        {"permissions": None},
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(keys, changed) -> None:
    _, public, private = keys
    token = jwt.encode(claims(**changed), private, algorithm="EdDSA", headers={"kid": "test", "typ": "at+jwt"})
    with pytest.raises(Unauthenticated):
        Verifier(public, "library").verify(token)


def test_a_token_without_signature_or_signed_with_the_public_key_is_refused(keys) -> None:
    _, public, private = keys
    unsigned = jwt.encode(claims(), None, algorithm="none", headers={"kid": "test", "typ": "at+jwt"})
    import base64
    import hashlib
    import hmac

    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "HS256", "kid": "test", "typ": "at+jwt"}, claims())
    )
    seal = hmac.new(public["test"].encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    confused = f"{head}.{body}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"
    another_type = jwt.encode(claims(), private, algorithm="EdDSA", headers={"kid": "test", "typ": "JWT"})
    another_key = jwt.encode(claims(), private, algorithm="EdDSA", headers={"kid": "other", "typ": "at+jwt"})
    for token in (unsigned, confused, another_type, another_key, "", "a.b.c", "é"):
        with pytest.raises(Unauthenticated):
            Verifier(public, "library").verify(token)


def test_a_verified_token_is_forgotten_when_it_expires(keys) -> None:
    _, public, private = keys
    token = jwt.encode(
        claims(exp=int(time.time()) - 29), private, algorithm="EdDSA", headers={"kid": "test", "typ": "at+jwt"}
    )
    verifier = Verifier(public, "library")
    verifier.verify(token)  # within the leeway for clocks that differ
    assert verifier._seen[token][0] < time.time()


@pytest.mark.parametrize(
    ("held", "asked", "allowed"),
    [
        ("books:read", "books:read", True),
        ("books:read", "books:write", False),
        ("books:*", "books:write", True),
        ("*", "x:y", True),
        ("books", "books:read", False),
    ],
)
def test_permissions_match_by_name_or_under_a_star(held: str, asked: str, allowed: bool) -> None:
    assert Principal(id="u", kind=Kind.USER, permissions=frozenset({held})).can(asked) is allowed
