"""`crm.py openapi`: writes what the services promise, for the gateway, which routes by it, and for people.

`--check` writes nothing and says which files are stale. Each service is asked by its own command line, in a process of
its own, with a database that nobody opens.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ops.contracts.asyncapi import merge_events, refuse_unpublished
from ops.contracts.errors import ContractError
from ops.contracts.events_page import events_page
from ops.contracts.openapi import published_apis
from ops.repository import EVERYONE, ROOT
from ops.secret_files import make_identity_keys

OPENAPI = ROOT / "gateway" / "gateway" / "contracts"
ASYNCAPI = ROOT / "gateway" / "gateway" / "asyncapi.json"
EVENTS = ROOT / "docs" / "events.md"
Document = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Write or check the files; 1 when something is stale or contradicts itself."""
    parser = argparse.ArgumentParser(prog="crm.py openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file is stale")
    options = parser.parse_args(arguments)
    try:
        files = build()
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1
    changed = differences(files, OPENAPI)
    for path, state in changed.items():
        print(f"{state if options.check else 'written'}: {path.relative_to(ROOT)}")
    if options.check and changed:
        print("Run `python3 crm.py openapi` and commit what it writes.", file=sys.stderr)
        return 1
    for path in changed:
        write(path, files.get(path))
    return 0


def differences(files: dict[Path, str], folder: Path) -> dict[Path, str]:
    """The files that are stale, and those in the folder that no service has."""
    stale = {path: "stale" for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text}
    return stale | {path: "superfluous" for path in sorted(folder.glob("*.json")) if path not in files}


def write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def build() -> dict[Path, str]:
    """Every file as it should be."""
    OPENAPI.mkdir(exist_ok=True)  # the gateway reads it even to say what it serves itself
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        apis = dict(zip(EVERYONE, pool.map(lambda name: ask(name, "openapi"), EVERYONE), strict=True))
        events = dict(zip(EVERYONE, pool.map(lambda name: ask(name, "asyncapi"), EVERYONE), strict=True))
    refuse_unpublished(events)
    return {
        **{OPENAPI / f"{service}.json": as_json(api) for service, api in published_apis(apis).items()},
        ASYNCAPI: as_json(merge_events(events)),
        EVENTS: events_page(events),
    }


def as_json(document: Document) -> str:
    """The same text for the same document."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def ask(service: str, command: str) -> Document:
    """What a service's own command line prints."""
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [sys.executable, "-m", "flask", "--app", f"{service}.app", command],
            env={**os.environ, **environment(service, Path(folder))},
            capture_output=True,
            text=True,
            check=False,
        )
    lines = result.stdout.strip().splitlines()
    if result.returncode or not lines:
        raise ContractError(f"`flask --app {service}.app {command}` failed:\n{(result.stdout + result.stderr)[-3000:]}")
    document: Document = json.loads(lines[-1])
    return document


def environment(service: str, folder: Path) -> dict[str, str]:
    """Just enough for an app that will serve nobody."""
    signing, keys = folder / "signing.json", folder / "keys.json"
    make_identity_keys(signing=signing, public=keys)
    return {
        "CRM_DATABASE_URL": f"sqlite:///{folder / service}.db",
        "CRM_BUS_URL": f"embedded:///{folder / 'bus'}.db",
        "CRM_IDENTITY_KEYS": str(keys),
        "CRM_IDENTITY_SIGNING_KEY": str(signing),
        "CRM_CURSOR_SECRET": os.urandom(32).hex(),
        "CRM_SESSION_SECRET": os.urandom(32).hex(),
        "CRM_MAIL_URL": f"file://{folder / 'mail'}",
        "CRM_MAIL_FROM": "crm@example.com",
        "CRM_ENV": "development",
        "CRM_LOG_FORMAT": "console",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
