"""The AsyncAPI document: every event, who publishes it and who consumes it."""

from collections.abc import Mapping
from typing import Any

from ops.contracts.errors import ContractError
from ops.contracts.schemas import with_names

EXCHANGE = "crm.events"
Document = dict[str, Any]


def refuse_unpublished(events: Mapping[str, Document]) -> None:
    """Whoever consumes an event type needs one who publishes it, with every member that the consumer requires."""
    schemas = {one["type"]: one["schema"] for document in events.values() for one in document["publishes"]}
    wrong = []
    for service, document in events.items():
        for kind, consumed in ((one["type"], one["schema"]) for one in document["consumes"]):
            if kind not in schemas:
                wrong.append(f"{service} consumes {kind}, which nobody publishes.")
                continue
            missing = set(consumed.get("required", [])) - set(schemas[kind].get("properties", {}))
            wrong += [f"{service} needs {name!r} of {kind}, which it does not have." for name in sorted(missing)]
    if wrong:
        raise ContractError("\n".join(wrong))


def merge_events(events: Mapping[str, Document]) -> Document:
    """One AsyncAPI 3.0 document: a channel an event type, an operation for its publisher and for each consumer."""
    channels: Document = {}
    operations: Document = {}
    messages: Document = {}
    schemas: Document = {"CloudEvent": CLOUD_EVENT}
    for service, document in events.items():
        for published in document["publishes"]:
            kind = published["type"]
            schemas.update(hoisted(kind, published["schema"]))
            messages[kind] = message(published)
            channels[kind] = channel(kind)
            operations[f"{service}.publishes.{kind}"] = operation("send", kind, f"{service} publishes it.")
        for consumed in document["consumes"]:
            operations[f"{service}.consumes.{consumed['type']}"] = operation(
                "receive", consumed["type"], f"{service} consumes it."
            )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Customer Manager events",
            "version": "1",
            "description": "Facts that the services publish: CloudEvents 1.0 in structured mode.",
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


def message(published: Document) -> Document:
    """One event: the envelope with its own data."""
    kind = published["type"]
    own = {"properties": {"type": {"const": kind}, "data": {"$ref": f"#/components/schemas/{kind}"}}}
    return {
        "name": kind,
        "summary": published["meaning"].partition("\n")[0],
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
