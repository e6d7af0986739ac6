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

from ops.errors import OperatorError
from ops.repository import EVERYONE, ROOT
from ops.secret_files import make_identity_keys
from servicekit.messaging.bus import topology

ASYNCAPI = ROOT / "gateway" / "gateway" / "asyncapi.json"
TOPOLOGY_USER = "topology"
# Containers run as another user and must read them; the folder itself is closed to everybody else on this machine.
READABLE = 0o444
LAST_PORT = 65535


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="crm.py init", description=__doc__)
    parser.add_argument("--port", type=port, default=8080, help="where the gateway is published on this machine")
    parser.add_argument("--public-url", help="the address that users see; http://127.0.0.1:PORT if not said")
    parser.add_argument("--admin-email", help="the first administrator; admin@localhost.localdomain if not said")
    parser.add_argument("--folder", type=Path, default=ROOT, help="where docker-compose.yml lies")
    options = parser.parse_args(arguments)
    folder: Path = options.folder
    is_there = (folder / ".env").exists() and (folder / "secrets" / "rabbitmq_definitions").exists()
    write_secrets(folder / "secrets")
    has_changed = write_definitions(folder / "secrets")
    write_environment(folder / ".env", options)
    print(f"{folder / '.env'} and {folder / 'secrets'}/ are there. Keep them out of git, and back them up.")
    if is_there and has_changed:
        print("What services may publish has changed. If RabbitMQ runs, say: docker compose restart rabbitmq")
    print(f"\n{next_steps(address(folder / '.env'))}")
    return 0


def port(text: str) -> int:
    number = int(text)
    if not 0 < number <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{number} is not a port: 1 to {LAST_PORT}")
    return number


def next_steps(url: str) -> str:
    return (
        "Start it:         docker compose up --build --wait\n"
        "The first login:  docker compose exec gateway flask login-link\n"
        f"                  prints a path that signs in once; open it behind {url}"
    )


def write_secrets(folder: Path) -> None:
    """Make the secrets that are not there yet; a second time nothing changes."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in ("session_secret", "cursor_secret", "postgres_password"):
        keep(folder / name, secrets.token_urlsafe(36))
    for service in EVERYONE:
        password = keep(folder / f"{service}_database_password", secrets.token_urlsafe(24))
        keep(folder / f"{service}_database_url", f"postgresql+psycopg://{service}:{password}@postgres/{service}")
    keys = [folder / "identity_signing_key", folder / "identity_keys"]
    if not all(key.exists() for key in keys):
        make_identity_keys(signing=keys[0], public=keys[1])
    for key in keys:
        key.chmod(READABLE)


def write_definitions(folder: Path) -> bool:
    """Write the broker's users with the passwords they have; says whether anything is different from before."""
    passwords = {user: broker_password(folder, user) for user in (*EVERYONE, TOPOLOGY_USER)}
    path, text = folder / "rabbitmq_definitions", json.dumps(definitions(passwords), indent=1)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.unlink(missing_ok=True)
    keep(path, text)
    return True


def broker_password(folder: Path, user: str) -> str:
    """The password inside the user's bus address, which is made when it is not there."""
    url = keep(folder / f"{user}_bus_url", f"amqp://{user}:{secrets.token_urlsafe(24)}@rabbitmq:5672/%2F")
    found = re.search(r"://[^:]+:([^@]+)@", url)
    if found is None:
        raise OperatorError(f"{folder / f'{user}_bus_url'} holds no amqp:// address. Delete it and say init again.")
    return found[1]


def definitions(passwords: dict[str, str]) -> dict[str, Any]:
    """RabbitMQ's users and rights: services consume their own queue, publish their own events, declare nothing."""
    published = published_by_service()
    return {
        "users": [
            {
                "name": user,
                "password_hash": password_hash(user, password),
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
            {"user": service, "vhost": "/", "exchange": topology.EVENTS, "write": published[service], "read": "^$"}
            for service in EVERYONE
        ],
    }


def as_patterns(service: str) -> dict[str, str]:
    allowed = topology.permissions(service)
    return {"configure": allowed.configure, "write": allowed.write, "read": allowed.read}


def published_by_service() -> dict[str, str]:
    """A pattern of the events that each service may publish, from the committed AsyncAPI document."""
    document = json.loads(ASYNCAPI.read_text(encoding="utf-8"))
    types: dict[str, list[str]] = {service: [] for service in EVERYONE}
    for name, operation in document["operations"].items():
        if operation["action"] != "send":
            continue
        channel = document["channels"][operation["channel"]["$ref"].removeprefix("#/channels/")]
        types[name.partition(".")[0]].append(re.escape(channel["address"]))
    return {service: f"^({'|'.join(sorted(names))})$" if names else "^$" for service, names in types.items()}


def password_hash(user: str, password: str) -> str:
    """RabbitMQ's salted SHA-256; the salt follows from the rest, so that the file is the same every time."""
    salt = hashlib.sha256(f"{user} {password}".encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def write_environment(path: Path, options: argparse.Namespace) -> None:
    """Make .env; an existing one stays, for it is the operator's."""
    url = options.public_url or f"http://127.0.0.1:{options.port}"
    lines = [f"CRM_PUBLIC_URL={url}", f"CRM_PORT={options.port}"]
    if options.admin_email:
        lines.append(f"CRM_ADMIN_EMAIL={options.admin_email}")
    keep(path, "\n".join([*lines, "# .env.example names what else can be set.", ""]), mode=0o600)


def address(path: Path) -> str:
    """The address in .env, as the operator has it now."""
    found = re.search(r"^CRM_PUBLIC_URL=(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise OperatorError(f"{path} has no line CRM_PUBLIC_URL=… : write the address that users type into it.")
    return found[1].strip()


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
    except OperatorError as error:
        sys.exit(str(error))
