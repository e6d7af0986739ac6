"""Files that only their owner may read: secrets, and the keys by which services trust the gateway."""

import json
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; never, not even for a moment, readable by others."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def make_identity_keys(*, signing: Path, public: Path) -> None:
    """An Ed25519 pair: the gateway signs who is asking, every service checks it with the public half."""
    key = Ed25519PrivateKey.generate()
    kid = secrets.token_hex(8)
    private_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public_pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    write_private(signing, json.dumps({"kid": kid, "private_pem": private_pem}))
    write_private(public, json.dumps({kid: public_pem}))
