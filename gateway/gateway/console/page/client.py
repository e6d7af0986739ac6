"""How a page asks the services: for who is signed in, several at once, and one that is down is an answer too."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from flask import current_app, g, has_request_context, request

from gateway import upstreams
from servicekit.auth import Principal
from servicekit.errors import Error

DOWN: Final = 503
Params: TypeAlias = Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What one service said."""

    service: str
    status: int
    data: Any = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own

    @property
    def state(self) -> str:
        """What a panel shows: ok, down, denied, missing or refused."""
        if self.ok:
            return "ok"
        return {
            401: "denied",
            403: "denied",
            404: "missing",
            429: "down",
            502: "down",
            503: "down",
            504: "down",
            500: "down",
        }.get(self.status, "refused")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a list; none when there is no list."""
        found = self.data.get("data", []) if isinstance(self.data, dict) else []
        return found if isinstance(found, list) else []

    @property
    def next(self) -> str | None:
        return self.data.get("next_cursor") if self.ok and isinstance(self.data, dict) else None

    @property
    def total(self) -> int | None:
        """How many match in all, where it was asked for."""
        told = self.data.get("total") if self.ok and isinstance(self.data, dict) else None
        value = told.get("value") if isinstance(told, dict) else told
        return value if isinstance(value, int) else None

    @property
    def detail(self) -> str:
        """The service's own sentence about what is wrong."""
        said = self.data.get("detail") if isinstance(self.data, dict) else None
        return str(said or "This cannot be done right now.")


@dataclass(frozen=True)
class Question:
    """One GET to one service."""

    service: str
    path: str
    params: Params = None
    needs: str | None = None


def me() -> Principal:
    """Who is signed in; the guard put it there before any view ran."""
    principal: Principal = g.principal
    return principal


def ask(service: str, path: str, params: Params = None) -> Answered:
    """One question; never raises for a service that is down."""
    return _call(me(), "GET", service, path, params=params)


def ask_record(service: str, collection: str, id: str) -> Answered:
    """One record by an id that came in a form: a slash in it leads nowhere."""
    return ask(service, f"/{collection}/{quote(id, safe='')}")


def ask_all(**questions: Question) -> dict[str, Answered]:
    """Several questions at once. One whose permission the reader lacks is not asked and reads as denied."""
    principal = me()
    asked = {
        name: question
        for name, question in questions.items()
        if question.needs is None or principal.can(question.needs)
    }
    answers = {
        name: Answered(service=question.service, status=403)
        for name, question in questions.items()
        if name not in asked
    }
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the object itself, for other threads

    def put(question: Question) -> Callable[[], Answered]:
        def run() -> Answered:
            with app.app_context():
                return _call(principal, "GET", question.service, question.path, params=question.params)

        return run

    answers |= upstreams.parallel({name: put(question) for name, question in asked.items()})
    return answers


def tell(
    method: str, service: str, path: str, *, body: Mapping[str, Any] | None = None, version: str | None = None
) -> Answered:
    """One write, sent once: the form's own key makes a second press of its button the same write."""
    headers = {}
    if version and version.isdigit():
        headers["If-Match"] = f'"{version}"'
    once = request.form.get("_once", "") if has_request_context() else ""
    if once:
        headers["Idempotency-Key"] = _key(once, method, path, json.dumps(body, sort_keys=True))
    return _call(me(), method, service, path, json=dict(body) if body is not None else None, headers=headers)


def _call(principal: Principal, method: str, service: str, path: str, **rest: Any) -> Answered:
    target = quote(f"/api/v1{path}", safe="/:")  # an id from the address bar must not become a query
    try:
        answer = upstreams.call(principal, service, method, target, **rest)
    except Error as error:
        return Answered(service=service, status=error.status, data={"detail": error.detail, "code": error.code})
    return Answered(service=service, status=answer.status, data=answer.data)


def _key(*parts: str) -> str:
    """Another text in the same form is another write."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
