"""Writes what docker compose needs and git must not have: random secrets, keys, broker users, and .env."""

import argparse
import base64
import hashlib
import json
import os
import re
import secrets
import sys
from pathlib import Path
from typing import Any

from servicekit.bus import topology

from ops.place import EVERYONE, ROOT, Trouble, make_identity_keys

ASYNCAPI = ROOT / "gateway" / "gateway" / "asyncapi.json"
TOPOLOGY_USER = "topology"
# Containers run as another user and must read them; the folder itself is closed to everybody else on this machine.
READABLE = 0o444


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="crm.py init", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="where the gateway is published on this machine")
    parser.add_argument("--public-url", help="the address that users see; http://127.0.0.1:PORT if not said")
    parser.add_argument("--admin-email", help="the first administrator; without, `docker compose run` prints a link")
    parser.add_argument("--folder", type=Path, default=ROOT, help="where docker-compose.yml lies")
    asked = parser.parse_args(arguments)
    folder: Path = asked.folder
    write_secrets(folder / "secrets")
    write_environment(folder / ".env", asked)
    print(
        f"Wrote {folder / '.env'} and {folder / 'secrets'}/; what was there is kept. Keep both out of git, and back them up."
    )
    print("Next: docker compose up --build --wait")
    return 0


def write_secrets(folder: Path) -> None:
    """Make the secrets that are not there yet; a second time nothing changes."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in ("session_secret", "cursor_secret", "postgres_password"):
        keep(folder / name, secrets.token_urlsafe(36))
    broker: dict[str, str] = {}
    for service in (*EVERYONE, TOPOLOGY_USER):
        broker[service] = broker_password(folder, service)
    for service in EVERYONE:
        password = keep(folder / f"{service}_database_password", secrets.token_urlsafe(24))
        keep(folder / f"{service}_database_url", f"postgresql+psycopg://{service}:{password}@postgres/{service}")
    keep(folder / "rabbitmq_definitions", json.dumps(definitions(broker), indent=1))
    if not (folder / "identity_signing_key").exists():
        make_identity_keys(signing=folder / "identity_signing_key", public=folder / "identity_keys")
        for name in ("identity_signing_key", "identity_keys"):
            (folder / name).chmod(READABLE)


def broker_password(folder: Path, user: str) -> str:
    """The password inside the user's bus address, which is made when it is not there."""
    url = keep(folder / f"{user}_bus_url", f"amqp://{user}:{secrets.token_urlsafe(24)}@rabbitmq:5672/%2F")
    found = re.search(r"://[^:]+:([^@]+)@", url)
    if found is None:
        raise Trouble(f"{folder / f'{user}_bus_url'} holds no amqp:// address. Delete it and say init again.")
    return found[1]


def definitions(passwords: dict[str, str]) -> dict[str, Any]:
    """RabbitMQ's users and what each may do: services declare nothing, read their own queue, tell their own facts."""
    told = facts_by_service()
    return {
        "users": [
            {
                "name": user,
                "password_hash": password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "",
            }
            for user, password in passwords.items()
        ],
        "vhosts": [{"name": "/"}],
        "permissions": [
            {"user": TOPOLOGY_USER, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
            *({"user": service, "vhost": "/", **as_patterns(service)} for service in EVERYONE),
        ],
        "topic_permissions": [
            {"user": service, "vhost": "/", "exchange": topology.EVENTS, "write": told[service], "read": "^$"}
            for service in EVERYONE
        ],
    }


def as_patterns(service: str) -> dict[str, str]:
    allowed = topology.permissions(service)
    return {"configure": allowed.configure, "write": allowed.write, "read": allowed.read}


def facts_by_service() -> dict[str, str]:
    """A pattern of the events that each service may tell, from the committed AsyncAPI document."""
    document = json.loads(ASYNCAPI.read_text(encoding="utf-8"))
    told: dict[str, list[str]] = {service: [] for service in EVERYONE}
    for channel in document["channels"].values():
        told[channel["x-service"]].append(re.escape(channel["address"]))
    return {service: f"^({'|'.join(sorted(types))})$" if types else "^$" for service, types in told.items()}


def password_hash(password: str) -> str:
    """RabbitMQ's salted SHA-256."""
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def write_environment(path: Path, asked: argparse.Namespace) -> None:
    """Make .env; an existing one stays, for it is the operator's."""
    if path.exists():
        return
    url = asked.public_url or f"http://127.0.0.1:{asked.port}"
    lines = [f"CRM_PUBLIC_URL={url}", f"CRM_PORT={asked.port}"]
    if asked.admin_email:
        password = secrets.token_urlsafe(18)
        lines += [f"CRM_ADMIN_EMAIL={asked.admin_email}", f"CRM_ADMIN_PASSWORD={password}"]
    keep(path, "\n".join(lines) + "\n", mode=0o600)


def keep(path: Path, text: str, *, mode: int = READABLE) -> str:
    """The file's text, written first when there is no file."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        path.chmod(mode)
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
