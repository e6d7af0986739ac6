"""The gateway's routing table: the committed merged OpenAPI document says which paths exist and whose they are."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from servicekit.auth import PUBLIC
from werkzeug.routing import Map, MapAdapter, Rule

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation of one service."""

    service: str
    needs: str
    path: str
    is_slow: bool = False

    @property
    def is_public(self) -> bool:
        """May anybody call it?"""
        return self.needs == PUBLIC


class RoutingTable:
    """Finds the operation of a path and a method; what is not in the document does not exist."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        rules = []
        self.routes: dict[tuple[str, str], Route] = {}
        for path, operations in document["paths"].items():
            for method in METHODS:
                operation = operations.get(method)
                if operation is None:
                    continue
                route = Route(
                    service=operation["x-service"],
                    needs=operation["x-needs"],
                    path=path,
                    is_slow=bool(operation.get("x-slow", False)),
                )
                self.routes[method.upper(), path] = route
                rules.append(Rule(_as_rule(path), methods=[method.upper()], endpoint=(method.upper(), path)))
        self._map: MapAdapter = Map(rules, merge_slashes=False, strict_slashes=True).bind("gateway")

    def find(self, path: str, method: str) -> Route:
        """Raises werkzeug's NotFound, or MethodNotAllowed with the methods that are."""
        endpoint, _ = self._map.match(path, method=method)
        return self.routes[endpoint]


def _as_rule(path: str) -> str:
    return re.sub(r"{(\w+)}", r"<\1>", path)


@cache
def committed(name: str) -> bytes:
    """A committed document as it is: openapi.json or asyncapi.json."""
    return (resources.files("gateway") / name).read_bytes()


def committed_table() -> RoutingTable:
    """The table of the committed document."""
    return RoutingTable(json.loads(committed("openapi.json")))
