"""The gateway's routing table: the services' committed OpenAPI documents say which paths exist and whose they are."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from werkzeug.routing import BaseConverter, Map, MapAdapter, Rule

from servicekit.auth import PUBLIC

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation of one service."""

    service: str
    needs: str
    path: str

    @property
    def is_public(self) -> bool:
        """May anybody call it?"""
        return self.needs == PUBLIC


class _BeforeAction(BaseConverter):
    """A path parameter that ends where an action begins: `{id}` of `/cases/{id}:close`."""

    regex = "[^/:]+"
    part_isolating = True  # werkzeug guesses no, because a slash stands in the expression


class RoutingTable:
    """Finds the operation of a path and a method; what is not in the document does not exist."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.routes = dict(_routes(document["paths"]))
        has_actions = {path.rpartition(":")[0] for _, path in self.routes if ":" in path}
        rules = [
            Rule(
                _as_rule(path, is_before_action=path.rpartition(":")[0] in has_actions or path in has_actions),
                methods=[method],
                endpoint=(method, path),
            )
            for method, path in self.routes
        ]
        found = Map(rules, merge_slashes=False, strict_slashes=True, converters={"plain": _BeforeAction})
        self._map: MapAdapter = found.bind("gateway")

    def find(self, path: str, method: str) -> Route:
        """Raises werkzeug's NotFound, or MethodNotAllowed with the methods that are."""
        endpoint, _ = self._map.match(path, method=method)
        return self.routes[endpoint]


def _routes(paths: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Route]]:
    for path, operations in paths.items():
        for method in METHODS:
            operation = operations.get(method)
            if operation is not None:
                yield (
                    (method.upper(), path),
                    Route(service=operation["x-service"], needs=operation["x-needs"], path=path),
                )


def _as_rule(path: str, *, is_before_action: bool) -> str:
    return re.sub(r"{(\w+)}", r"<plain:\1>" if is_before_action else r"<\1>", path)


@cache
def committed(name: str) -> bytes:
    """A committed document as it is: asyncapi.json."""
    return (resources.files("gateway") / name).read_bytes()


@cache
def openapi() -> bytes:
    """One OpenAPI document of the committed ones of all services, made once a process."""
    whole: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    tags: list[dict[str, str]] = []
    for file in sorted((resources.files("gateway") / "contracts").iterdir(), key=lambda file: file.name):
        whole = json.loads(file.read_bytes())
        for path, operations in whole["paths"].items():
            paths[path] = paths.get(path, {}) | operations
        schemas |= whole["components"]["schemas"]
        tags += whole["tags"]
    whole["tags"] = sorted(tags, key=lambda tag: tag["name"])
    whole["paths"] = dict(sorted(paths.items()))
    whole["components"] = whole.get("components", {}) | {"schemas": dict(sorted(schemas.items()))}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def committed_table() -> RoutingTable:
    """The table of the committed documents, read once a process."""
    return RoutingTable(json.loads(openapi()))
