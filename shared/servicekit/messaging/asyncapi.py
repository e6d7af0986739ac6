"""What a service tells and hears, as JSON Schema: the parts from which the AsyncAPI document is built."""

import inspect
from collections.abc import Sequence
from typing import Any

import msgspec

from servicekit.messaging.consumers import Consumers
from servicekit.messaging.events import Event


def describe_events(service: str, events: Sequence[type[Event]], consumers: Consumers) -> dict[str, Any]:
    """`tells`: type, meaning and schema of each event; `hears`: the types with the schema of what is read."""
    return {
        "service": service,
        "tells": [
            {"type": event.TYPE, "meaning": inspect.getdoc(event) or "", "schema": schema_of(event)}
            for event in sorted(events, key=lambda one: one.TYPE)
        ],
        "hears": [
            {"type": one.type, "by": one.handle.__name__, "schema": schema_of(one.reads)}
            for _, several in sorted(consumers.by_type.items())
            for one in several
        ],
    }


def schema_of(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """JSON Schema 2020-12 with all its definitions inside."""
    schema = msgspec.json.schema(struct)
    definitions = schema.get("$defs", {})
    root: dict[str, Any] = definitions.pop(struct.__name__, schema)
    return {**root, "$defs": definitions} if definitions else root
