"""Identities as somebody would forge them who knows all that is public, and some who have got hold of more."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ops.local.data_directory import DataDirectory
from servicekit.auth import ISSUER, LEEWAY_SECONDS

ALGORITHM: Final = "EdDSA"
TYPE: Final = "at+jwt"


@dataclass(frozen=True, kw_only=True)
class Forger:
    """Has the installation's own keys, to make what is wrong in one point alone, and a key of their own."""

    service: str
    kid: str
    private_pem: str
    public_pem: str

    @classmethod
    def at(cls, place: DataDirectory, service: str) -> "Forger":
        signing = json.loads(place.signing_key.read_text())
        public = json.loads(place.public_keys.read_text())
        kid = signing["kid"]
        return cls(service=service, kid=kid, private_pem=signing["private_pem"], public_pem=public[kid])

    def claims(self, **changed: Any) -> dict[str, Any]:
        """An administrator, asking this service now; a claim that is changed to None is left out."""
        now = int(time.time())
        known = {
            "iss": ISSUER, "aud": self.service, "sub": "usr_forged", "iat": now, "exp": now + 60, "kind": "user",
            "name": "Forged", "permissions": ["*"], "scope": "all", "teams": [], "roles": ["administrator"],
        }  # fmt: skip
        return {name: value for name, value in {**known, **changed}.items() if value is not None}

    def signed(self, *, key: str = "", header: Mapping[str, Any] | None = None, **changed: Any) -> str:
        """Signed, with the installation's key unless another one is given."""
        head = {"kid": self.kid, "typ": TYPE, **(header or {})}
        return jwt.encode(self.claims(**changed), key or self.private_pem, algorithm=ALGORITHM, headers=head)

    def unsigned(self, algorithm: str = "none") -> str:
        return f"{_coded({'alg': algorithm, 'kid': self.kid, 'typ': TYPE})}.{_coded(self.claims())}."

    def sealed_with_public_key(self) -> str:
        """HS256, with the text of the public key as its secret: a verifier that believes `alg` takes it."""
        head, body = (_coded(part) for part in ({"alg": "HS256", "kid": self.kid, "typ": TYPE}, self.claims()))
        seal = hmac.new(self.public_pem.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
        return f"{head}.{body}.{_base64(seal)}"

    def with_another_body(self) -> str:
        """The signature of one body under another one."""
        head, _, seal = self.signed(kind="public", permissions=[]).split(".")
        return f"{head}.{_coded(self.claims())}.{seal}"


def own_key() -> tuple[str, dict[str, str]]:
    """A key pair of the attacker's: the private PEM, and the public half as a header would carry it."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return pem, {"kty": "OKP", "crv": "Ed25519", "x": _base64(key.public_key().public_bytes_raw())}


def by_own_key(forger: Forger, **header: Any) -> str:
    """Signed by the attacker, under the id of the installation's key."""
    pem, _ = own_key()
    return forger.signed(key=pem, header=header)


def with_own_key_inside(forger: Forger) -> str:
    pem, public = own_key()
    return forger.signed(key=pem, header={"jwk": public})


def ago(seconds: float) -> int:
    return int(time.time() - seconds)


FORGERIES: Final[Mapping[str, Callable[[Forger], str]]] = {
    "empty": lambda _: "",
    "no token at all": lambda _: "administrator",
    "not signed": Forger.unsigned,
    "not signed, in capitals": lambda one: one.unsigned("NONE"),
    "not signed, and saying that it is": lambda one: one.unsigned(ALGORITHM),
    "sealed with the text of the public key": Forger.sealed_with_public_key,
    "the signature of another body": Forger.with_another_body,
    "signed by another key under the pinned id": by_own_key,
    "bringing its own key": with_own_key_inside,
    "naming an address for its key": lambda one: by_own_key(one, jku="https://evil.example/keys.json"),
    "by a key that nobody knows": lambda one: one.signed(header={"kid": "unknown"}),
    "by a key that is a path": lambda one: one.signed(header={"kid": "../../keys/identity.json"}),
    "of another type": lambda one: one.signed(header={"typ": "JWT"}),
    "of no type": lambda one: one.signed(header={"typ": None}),
    "an ID token": lambda one: one.signed(header={"typ": "id+jwt"}),
    "for another service": lambda one: one.signed(aud="orders" if one.service != "orders" else "cases"),
    "for the gateway": lambda one: one.signed(aud="gateway"),
    "for this service among others": lambda one: one.signed(aud=[one.service, "orders"]),
    "for this service alone, as a list": lambda one: one.signed(aud=[one.service]),
    "for nobody": lambda one: one.signed(aud=None),
    "from another issuer": lambda one: one.signed(iss="https://evil.example"),
    "from no issuer": lambda one: one.signed(iss=None),
    "over for longer than clocks differ": lambda one: one.signed(exp=ago(LEEWAY_SECONDS + 5)),
    "that never ends": lambda one: one.signed(exp=None),
    "of no time": lambda one: one.signed(iat=None),
    "of tomorrow": lambda one: one.signed(iat=ago(-86_400), exp=ago(-90_000)),
    "not valid before tomorrow": lambda one: one.signed(nbf=ago(-86_400)),
    "of nobody": lambda one: one.signed(sub=None),
    "of a kind that there is not": lambda one: one.signed(kind="root"),
    "of a stranger who may do everything": lambda one: one.signed(kind="public"),
}


def _coded(part: Mapping[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
