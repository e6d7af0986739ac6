"""The API client of the pages: reads in parallel and single writes, as the current user; never raises for a service."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from flask import current_app, has_request_context, request

from gateway.console.page.current_user import current_user
from gateway.http import upstreams
from servicekit.auth import Principal
from servicekit.errors import Error

Query: TypeAlias = Mapping[str, Any]
STATES: Final = {
    401: "denied",
    403: "denied",
    404: "missing",
    429: "down",
    500: "down",
    502: "down",
    503: "down",
    504: "down",
}


@dataclass(frozen=True, kw_only=True)
class ApiResponse:
    """What a service answered, or that it did not."""

    service: str
    status: int
    data: Any = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own

    @property
    def state(self) -> str:
        """What a panel shows: ok, down, denied, missing or refused."""
        return "ok" if self.ok else STATES.get(self.status, "refused")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a list; none where there is no list."""
        found = self.data.get("data", []) if isinstance(self.data, dict) else []
        return found if isinstance(found, list) else []

    @property
    def next_cursor(self) -> str | None:
        """Where the next page of the list begins; None on the last."""
        return self.data.get("next_cursor") if self.ok and isinstance(self.data, dict) else None

    @property
    def total(self) -> int | None:
        """How many match in all, where the request asked for it."""
        total = self.data.get("total") if self.ok and isinstance(self.data, dict) else None
        value = total.get("value") if isinstance(total, dict) else total
        return value if isinstance(value, int) else None

    @property
    def detail(self) -> str:
        """The service's own sentence about what is wrong."""
        detail = self.data.get("detail") if isinstance(self.data, dict) else None
        return str(detail or "This cannot be done right now.")


@dataclass(frozen=True)
class ApiRequest:
    """One GET to one service, made only for users who have the permission `needs`."""

    service: str
    path: str
    query: Query | None = None
    needs: str = ""


def fetch(service: str, path: str, query: Query | None = None) -> ApiResponse:
    """GET one thing."""
    return _call(current_user(), "GET", service, path, params=query)


def fetch_record(service: str, collection: str, id: str) -> ApiResponse:
    """GET one record by an id that came in a form: a slash in it leads nowhere."""
    return fetch(service, f"/{collection}/{quote(id, safe='')}")


def fetch_all(**requests: ApiRequest) -> dict[str, ApiResponse]:
    """GET several things at the same time. What the user may not read is not requested, and reads as denied."""
    user = current_user()
    denied = {name: one for name, one in requests.items() if one.needs and not user.can(one.needs)}
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the object itself, for other threads

    def task(wanted: ApiRequest) -> Callable[[], ApiResponse]:
        def run() -> ApiResponse:
            with app.app_context():
                return _call(user, "GET", wanted.service, wanted.path, params=wanted.query)

        return run

    responses = upstreams.parallel({name: task(one) for name, one in requests.items() if name not in denied})
    return {**responses, **{name: ApiResponse(service=one.service, status=403) for name, one in denied.items()}}


def send(
    method: str, service: str, path: str, *, body: Mapping[str, Any] | None = None, version: str | None = None
) -> ApiResponse:
    """One write. The key of the form makes a second press of its button the same write; `version` goes as If-Match."""
    headers = {}
    if version and version.isdigit():
        headers["If-Match"] = f'"{version}"'
    form_key = request.form.get("_once", "") if has_request_context() else ""
    if form_key:
        headers["Idempotency-Key"] = _idempotency_key(form_key, method, path, json.dumps(body, sort_keys=True))
    return _call(current_user(), method, service, path, json=dict(body) if body is not None else None, headers=headers)


def _call(principal: Principal, method: str, service: str, path: str, **rest: Any) -> ApiResponse:
    target = quote(f"/api/v1{path}", safe="/:")  # an id from the address bar must not become a query
    try:
        answer = upstreams.call(principal, service, method, target, **rest)
    except Error as error:
        return ApiResponse(service=service, status=error.status, data={"detail": error.detail, "code": error.code})
    return ApiResponse(service=service, status=answer.status, data=answer.data)


def _idempotency_key(*parts: str) -> str:
    """Another text in the same form is another write."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
