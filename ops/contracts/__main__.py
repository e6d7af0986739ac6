"""Writes what the services promise: openapi.json (the gateway's routing table), asyncapi.json and docs/events.md.

`python -m ops.contracts` writes them, `--check` says which are stale. Each service is asked by its own command line,
in a process of its own, with a database that nobody opens.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ops.repository import EVERYONE, ROOT
from ops.secret_files import make_identity_keys

OPENAPI = ROOT / "gateway" / "gateway" / "openapi.json"
ASYNCAPI = ROOT / "gateway" / "gateway" / "asyncapi.json"
EVENTS = ROOT / "docs" / "events.md"

EXCHANGE = "crm.events"
METHODS = ("get", "post", "put", "patch", "delete")
Document = dict[str, Any]


class ContractError(Exception):
    """Two services promise what cannot both be; the text says what."""


def main(arguments: list[str]) -> int:
    """Write or check the three files; 1 when something is stale or contradicts itself."""
    parser = argparse.ArgumentParser(prog="contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file is stale")
    asked = parser.parse_args(arguments)
    try:
        files = build()
    except ContractError as error:
        print(error, file=sys.stderr)
        return 1
    stale = {path: text for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        print(f"{'stale' if asked.check else 'written'}: {path.relative_to(ROOT)}")
        if not asked.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if asked.check and stale:
        print("Run `python3 crm.py openapi` and commit what it writes.", file=sys.stderr)
        return 1
    return 0


def build() -> dict[Path, str]:
    """The three files as they should be."""
    if not OPENAPI.exists():  # the gateway needs its table even to say what it serves itself
        OPENAPI.write_text('{"paths": {}}\n', encoding="utf-8")
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        apis = dict(zip(EVERYONE, pool.map(lambda name: ask(name, "openapi"), EVERYONE), strict=True))
        events = dict(zip(EVERYONE, pool.map(lambda name: ask(name, "asyncapi"), EVERYONE), strict=True))
    check_hearing(events)
    return {
        OPENAPI: as_json(merge_apis(apis)),
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


def merge_apis(apis: Mapping[str, Document]) -> Document:
    """One OpenAPI 3.1 document; schemas that two services spell differently get the service's name in front."""
    renamed = clashes({name: api["components"]["schemas"] for name, api in apis.items()})
    paths: dict[str, Document] = {}
    schemas: Document = {}
    tags: dict[str, str] = {}
    for service, api in apis.items():
        names = {one: f"{service.capitalize()}{one}" for one in renamed if one in api["components"]["schemas"]}
        for name, schema in api["components"]["schemas"].items():
            schemas[names.get(name, name)] = with_names(schema, names)
        for path, operations in api["paths"].items():
            add_path(paths, path, with_names(operations, names), service)
            tags.update({tag: service for one in operations.values() for tag in one.get("tags", [])})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Customer Manager API",
            "version": "1",
            "description": "Customers, cases, workflows, orders and notifications. "
            "Every error is a problem (RFC 9457); decide by its `code`.",
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "tags": [{"name": tag, "x-service": tags[tag]} for tag in sorted(tags)],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of POST /api/v1/auth/tokens, or an API key (crm_live_…).",
                },
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "crm_session",
                    "description": "The console's own session; changes only from its own pages. "
                    "Behind TLS it is called __Host-crm.",
                },
            },
        },
    }


def add_path(paths: dict[str, Document], path: str, operations: Document, service: str) -> None:
    """Two services may share a path, not a method of it."""
    known = paths.setdefault(path, {})
    for method, operation in operations.items():
        if method in known:
            other = known[method]["x-service"]
            raise ContractError(f"{method.upper()} {path} is served by {other} and by {service}.")
        if method in METHODS:
            operation["operationId"] = f"{service}_{operation['operationId']}"
            operation["responses"] = with_problems(operation)
        known[method] = operation


def with_problems(operation: Document) -> Document:
    """The refusals that every client should expect, by name; all have the shape of `default`."""
    responses: Document = dict(operation["responses"])
    problem = responses["default"]
    named = {"429": "Too many requests", "503": "A service is not available"}
    if operation["x-needs"] != "public":
        named = {"401": "Not signed in", "403": "Not permitted", **named}
    for status, description in named.items():
        responses.setdefault(status, {**problem, "description": description})
    return dict(sorted(responses.items()))


def clashes(schemas: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Names that mean different things in two services, or refer to such a name."""
    by_name: dict[str, list[Any]] = {}
    for known in schemas.values():
        for name, schema in known.items():
            by_name.setdefault(name, []).append(schema)
    shared = {name: found for name, found in by_name.items() if len(found) > 1}
    found = {name for name, same in shared.items() if any(one != same[0] for one in same)}
    while more := {name for name in shared.keys() - found if any(refers(one, found) for one in shared[name])}:
        found |= more
    return found


def refers(schema: Any, names: set[str]) -> bool:
    """Does it point to one of them?"""
    return any(ref.rpartition("/")[2] in names for ref in references(schema))


def references(node: Any) -> Iterator[str]:
    """Every $ref inside."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def with_names(node: Any, names: Mapping[str, str], *, old: str = "#/components/schemas/") -> Any:
    """The same with its references renamed; references elsewhere are left alone."""
    if isinstance(node, list):
        return [with_names(one, names, old=old) for one in node]
    if not isinstance(node, dict):
        return node
    changed = {key: with_names(value, names, old=old) for key, value in node.items()}
    ref = node.get("$ref")
    if isinstance(ref, str) and ref.startswith(old):
        name = ref.removeprefix(old)
        changed["$ref"] = f"#/components/schemas/{names.get(name, name)}"
    return changed


def check_hearing(events: Mapping[str, Document]) -> None:
    """Whoever hears a type must find somebody who tells it, with every member that it requires."""
    told = {one["type"]: one["schema"] for document in events.values() for one in document["tells"]}
    wrong = []
    for service, document in events.items():
        for heard in document["hears"]:
            if heard["type"] not in told:
                wrong.append(f"{service} hears {heard['type']}, which nobody tells.")
                continue
            missing = set(heard["schema"].get("required", [])) - set(told[heard["type"]].get("properties", {}))
            wrong += [
                f"{service} needs {name!r} of {heard['type']}, which it does not have." for name in sorted(missing)
            ]
    if wrong:
        raise ContractError("\n".join(wrong))


def merge_events(events: Mapping[str, Document]) -> Document:
    """One AsyncAPI 3.0 document: a channel an event type, an operation for who tells it and for each who hears it."""
    channels: Document = {}
    operations: Document = {}
    messages: Document = {}
    schemas: Document = {"CloudEvent": CLOUD_EVENT}
    for service, document in events.items():
        for told in document["tells"]:
            kind = told["type"]
            schemas.update(hoisted(kind, told["schema"]))
            messages[kind] = message(told)
            channels[kind] = channel(kind)
            operations[f"{service}.tells.{kind}"] = operation("send", kind, f"{service} tells it.")
        for heard in document["hears"]:
            operations[f"{service}.hears.{heard['type']}"] = operation("receive", heard["type"], f"{service} hears it.")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Customer Manager events",
            "version": "1",
            "description": "Facts that the services tell each other: CloudEvents 1.0 in structured mode.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": dict(sorted(channels.items())),
        "operations": dict(sorted(operations.items())),
        "components": {"messages": dict(sorted(messages.items())), "schemas": dict(sorted(schemas.items()))},
    }


CLOUD_EVENT: Document = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "sequence", "correlationid", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "description": "Whoever has seen it does nothing the second time."},
        "source": {"type": "string"},
        "type": {"type": "string"},
        "subject": {"type": "string", "description": "The id of what it is about."},
        "time": {"type": "string", "format": "date-time"},
        "sequence": {"type": "integer", "description": "The version of what it is about; rises with each change."},
        "datacontenttype": {"const": "application/json"},
        "correlationid": {"type": "string", "description": "The request that started it all."},
        "causationid": {"type": "string", "description": "The event that caused this one."},
        "actor": {"type": "string", "description": "Who did it."},
        "traceparent": {"type": "string"},
        "data": {"type": "object"},
    },
}


def channel(kind: str) -> Document:
    """The type is the routing key."""
    exchange = {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False}
    return {
        "address": kind,
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def operation(action: str, kind: str, summary: str) -> Document:
    """Who does what with one channel."""
    return {"action": action, "channel": {"$ref": f"#/channels/{kind}"}, "summary": summary}


def message(told: Document) -> Document:
    """One event: the envelope with its own data."""
    kind = told["type"]
    own = {"properties": {"type": {"const": kind}, "data": {"$ref": f"#/components/schemas/{kind}"}}}
    return {
        "name": kind,
        "summary": told["meaning"].partition("\n")[0],
        "contentType": "application/cloudevents+json",
        "payload": {"allOf": [{"$ref": "#/components/schemas/CloudEvent"}, own]},
    }


def hoisted(kind: str, schema: Document) -> Document:
    """The event's schema and its inner ones, as components with the type in front."""
    inner = schema.get("$defs", {})
    names = {name: f"{kind}.{name}" for name in inner}
    root = {key: value for key, value in schema.items() if key != "$defs"}
    found = {kind: with_names(root, names, old="#/$defs/")}
    return found | {names[name]: with_names(one, names, old="#/$defs/") for name, one in inner.items()}


def events_page(events: Mapping[str, Document]) -> str:
    """docs/events.md: who tells what, what is in it, and who hears it."""
    heard_by: dict[str, list[str]] = {}
    for service, document in events.items():
        for heard in document["hears"]:
            heard_by.setdefault(heard["type"], []).append(f"{service} (`{heard['by']}`)")
    lines = [
        "# Events",
        "",
        "Generated by `python3 crm.py openapi`; do not edit. The envelope is a CloudEvent 1.0 in structured mode; its",
        "members and every schema are in `/api/asyncapi.json`. Only `personal` holds what identifies a person.",
    ]
    for service, document in events.items():
        if not document["tells"]:
            continue
        lines += ["", f"## {service}", "", "| type | meaning | data | heard by |", "|---|---|---|---|"]
        for told in document["tells"]:
            hearers = "; ".join(sorted(heard_by.get(told["type"], []))) or "–"
            lines.append(f"| `{told['type']}` | {one_line(told['meaning'])} | {members(told['schema'])} | {hearers} |")
    return "\n".join(lines) + "\n"


def members(schema: Document) -> str:
    """The names of its members; a question mark where one may be absent or null."""
    sure = {name for name in schema.get("required", []) if not is_nullable(schema["properties"][name])}
    return " ".join(f"`{name}{'' if name in sure else '?'}`" for name in schema["properties"])


def is_nullable(schema: Document) -> bool:
    """May it be null?"""
    return any(one.get("type") == "null" for one in schema.get("anyOf", []))


def one_line(text: str) -> str:
    """For a table's cell."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
