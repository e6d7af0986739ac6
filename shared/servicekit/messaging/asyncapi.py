"""What a service publishes and consumes, as JSON Schema: the parts from which the AsyncAPI document is built."""

import inspect
from collections.abc import Sequence
from typing import Any

import msgspec

from servicekit.messaging.consumers import Consumers, Handler
from servicekit.messaging.events import Event


def describe_events(service: str, events: Sequence[type[Event]], consumers: Consumers) -> dict[str, Any]:
    """`publishes`: type, meaning and schema of each event; `consumes`: type, sub-domain and schema of what it reads."""
    return {
        "service": service,
        "publishes": [
            {"type": event.TYPE, "meaning": inspect.getdoc(event) or "", "schema": schema_of(event)}
            for event in sorted(events, key=lambda one: one.TYPE)
        ],
        "consumes": [
            {"type": one.type, "by": _subdomain_of(one.handle), "schema": schema_of(one.reads)}
            for _, several in sorted(consumers.by_type.items())
            for one in several
        ],
    }


def _subdomain_of(handle: Handler) -> str:
    """`workflows.items` of a function in `cases.workflows.items.consumers`; empty where there is no sub-domain."""
    return ".".join(handle.__module__.split(".")[1:-1])


def schema_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """JSON Schema 2020-12 with all its definitions inside."""
    schema = msgspec.json.schema(struct)
    definitions = schema.get("$defs", {})
    root: dict[str, Any] = definitions.pop(struct.__name__, schema)
    return {**root, "$defs": definitions} if definitions else root
