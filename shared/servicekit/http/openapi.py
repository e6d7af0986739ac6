"""OpenAPI 3.1 from the declared routes."""

import re
from collections.abc import Iterable
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema as MarshmallowSchema

from servicekit.auth import PUBLIC
from servicekit.http.routes import Operation
from servicekit.http.schemas import MoneyField

MONEY = {
    "type": "object",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "The stable part: decide by this one."},
        "request_id": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail")},
            },
        },
    },
}


def build_openapi(name: str, operations: Iterable[Operation]) -> dict[str, Any]:
    """The document of one service; the gateway merges them."""
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)  # type: ignore[arg-type]
    spec = APISpec(title=f"{name.capitalize()} API", version="1", openapi_version="3.1.0", plugins=[plugin])
    assert plugin.converter is not None  # noqa: S101 - set by APISpec above
    plugin.converter.add_attribute_function(_money_property)  # type: ignore[no-untyped-call]
    spec.components.schema("Problem", PROBLEM)
    spec.components.schema("Money", MONEY)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, path, name)
    for path, methods in sorted(paths.items()):
        spec.path(path=path, operations=methods)
    return spec.to_dict()


def _schema_name(schema: Any) -> str | bool:
    cls = schema if isinstance(schema, type) else type(schema)
    if isinstance(schema, MarshmallowSchema) and schema.partial:
        return f"{cls.__name__}Patch"
    return cls.__name__


def _money_property(_self: Any, field: Any, **_: Any) -> dict[str, Any]:
    if not isinstance(field, MoneyField):
        return {}
    money = {"$ref": "#/components/schemas/Money"}
    return {"anyOf": [money, {"type": "null"}]} if field.allow_none or field.dump_default is None else money


def _operation(operation: Operation, path: str, service: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "x-service": service,
        "x-needs": operation.needs,
        "parameters": [*_path_parameters(path), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": _responses(operation),
    }
    if operation.description:
        described["description"] = operation.description
    if operation.needs == PUBLIC:
        described["security"] = []
    if operation.body is not None:
        media = {"schema": operation.body(partial=operation.is_partial)}
        described["requestBody"] = {"required": not operation.is_partial, "content": {"application/json": media}}
        if operation.accepts_form:
            described["requestBody"]["content"]["application/x-www-form-urlencoded"] = {"schema": {"type": "object"}}
    return described


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    schema = operation.listing.query_schema if operation.listing else operation.query
    return [{"in": "query", "schema": schema}] if schema else []


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    if not operation.writes:
        return []
    headers: list[dict[str, Any]] = []
    if not operation.holds_secret:  # nothing is stored of those, so a key would promise what is not kept
        key = {"type": "string", "maxLength": 255}
        headers.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    if operation.method == "PATCH" or operation.if_match == "required":
        headers.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": operation.if_match == "required",
                "schema": {"type": "string"},
            }
        )
    return headers


def _responses(operation: Operation) -> dict[str, Any]:
    problem = {
        "description": "A problem (RFC 9457)",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    done: dict[str, Any] = {"description": operation.summary or "Done"}
    if operation.is_raw:
        done["content"] = {"*/*": {}}
    elif operation.listing is not None:
        done["content"] = {"application/json": {"schema": _page_schema(operation)}}
    elif operation.returns is not None:
        done["content"] = {"application/json": {"schema": operation.returns}}
    return {str(operation.status): done, "default": problem}


def _page_schema(operation: Operation) -> dict[str, Any]:
    assert operation.listing is not None  # noqa: S101 - asked by the caller
    total = {
        "type": "object",
        "properties": {"value": {"type": "integer"}, "relation": {"type": "string", "enum": ["eq", "gte"]}},
    }
    return {
        "type": "object",
        "required": ["data", "next_cursor", "has_more"],
        "properties": {
            "data": {"type": "array", "items": operation.returns},
            "next_cursor": {"type": ["string", "null"]},
            "has_more": {"type": "boolean"},
            "total": total,
        },
    }
