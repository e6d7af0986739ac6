"""The OpenAPI document of each service as the gateway publishes it: all of them together are one API."""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

from ops.contracts.errors import ContractError
from ops.contracts.schemas import clashes, with_names

METHODS = ("get", "post", "put", "patch", "delete")
SECURITY_SCHEMES = {
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
}
Document = dict[str, Any]


def published_apis(apis: Mapping[str, Document]) -> dict[str, Document]:
    """An OpenAPI 3.1 document for each service; raises ContractError where two serve the same operation.

    Where two mean different things by the name of a schema, it gets the service's name in front.
    """
    refuse_twins(apis)
    renamed = clashes({service: api["components"]["schemas"] for service, api in apis.items()})
    return {service: published(service, api, renamed) for service, api in apis.items()}


def published(service: str, api: Document, renamed: set[str]) -> Document:
    schemas = api["components"]["schemas"]
    names = {one: f"{service.capitalize()}{one}" for one in renamed if one in schemas}
    paths = {path: with_names(operations, names) for path, operations in sorted(api["paths"].items())}
    tags = {tag for operations in paths.values() for one in operations.values() for tag in one.get("tags", [])}
    for operations in paths.values():
        for operation in (operations[method] for method in METHODS if method in operations):
            if "description" in operation:
                # Python 3.13 takes the indentation from docstrings, older ones leave it.
                operation["description"] = cleandoc(operation["description"])
            operation["responses"] = with_problems(operation)
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
        "tags": [{"name": tag, "x-service": service} for tag in sorted(tags)],
        "paths": paths,
        "components": {
            "schemas": {names.get(one, one): with_names(schema, names) for one, schema in sorted(schemas.items())},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def refuse_twins(apis: Mapping[str, Document]) -> None:
    """Two services may share a path, not a method of it."""
    owners: dict[tuple[str, str], str] = {}
    for service, api in apis.items():
        for path, operations in api["paths"].items():
            for method in operations:
                other = owners.setdefault((method, path), service)
                if other != service:
                    raise ContractError(f"{method.upper()} {path} is served by {other} and by {service}.")


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
