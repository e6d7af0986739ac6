"""Routes declared once: permission, body, query, answer, ETag and documentation of each operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import marshmallow as ma
from sqlalchemy.orm import Session

from servicekit.http.listing import Listing

P = ParamSpec("P")
R = TypeVar("R")

API = "/api/v1"
JSON_LIMIT = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One route and everything that is promised about it."""

    method: str
    path: str
    view: Callable[..., Any]
    needs: str
    tag: str
    summary: str
    description: str = ""
    body: type[ma.Schema] | None = None
    is_partial: bool = False
    query: type[ma.Schema] | None = None
    listing: Listing | None = None
    returns: type[ma.Schema] | None = None
    status: int = 200
    location: str | None = None
    if_match: str = "honoured"
    waits_for: Callable[[Session, Mapping[str, Any]], bool] | None = None
    accepts_form: bool = False
    is_raw: bool = False
    is_personal: bool = False  # about the person and not about their work: not for a key, which speaks for the work
    holds_secret: bool = False  # its body or answer holds a secret: nothing is stored for a repeated Idempotency-Key
    is_live: bool = False  # the answer also shows projections, which move without the version: never 304
    max_bytes: int = JSON_LIMIT

    @property
    def writes(self) -> bool:
        """Does it change anything?"""
        return self.method != "GET"

    @property
    def operation_id(self) -> str:
        """The name of the view's function, unique over all services: OpenAPI's operationId, and Flask's endpoint."""
        return self.view.__name__


class Routes:
    """The routes of one sub-domain: what its `views.py` declares."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def page(
        self, path: str, *, needs: str, listing: Listing, returns: type[ma.Schema], **more: Any
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """A list: the view returns the Select of what this caller may see; `returns` is the schema of one row."""
        return self._add("GET", path, needs=needs, listing=listing, returns=returns, **more)

    def get(self, path: str, *, needs: str, **more: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """A read."""
        return self._add("GET", path, needs=needs, **more)

    def post(
        self, path: str, *, needs: str, status: int = 201, **more: Any
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Something new."""
        return self._add("POST", path, needs=needs, status=status, **more)

    def put(self, path: str, *, needs: str, **more: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Create or replace under a key that the caller chose; the view may answer (object, status)."""
        return self._add("PUT", path, needs=needs, **more)

    def patch(self, path: str, *, needs: str, **more: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """A merge patch (RFC 7396): only the fields given are changed."""
        return self._add("PATCH", path, needs=needs, is_partial=True, **more)

    def action(self, path: str, *, needs: str, **more: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """A step that is not a field: `POST …/{id}:close`."""
        return self._add("POST", path, needs=needs, **more)

    def delete(self, path: str, *, needs: str, **more: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Take away; answers 204."""
        return self._add("DELETE", path, needs=needs, status=204, **more)

    def _add(self, method: str, path: str, **more: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
        def register(view: Callable[P, R]) -> Callable[P, R]:
            summary, _, description = (view.__doc__ or view.__name__.replace("_", " ")).partition("\n\n")
            described = {"summary": summary.strip().rstrip("."), "description": description.strip(), **more}
            self.operations.append(Operation(method=method, path=API + path, view=view, tag=self.tag, **described))
            return view

        return register
