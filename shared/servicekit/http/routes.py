"""Routes declared once: permission, body, query, answer, transaction, idempotency, ETag and documentation."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import urlencode

import marshmallow as ma
import msgspec
from flask import Response, g, request
from sqlalchemy.orm import Session

from servicekit import idempotency, outbox
from servicekit.auth import PUBLIC, SIGNED_IN, Kind, Principal
from servicekit.bodies import read_body, read_query, refuse_nul
from servicekit.context import Trace, tracing
from servicekit.db import Database
from servicekit.dumping import dumper
from servicekit.errors import Forbidden, PreconditionFailed, PreconditionRequired, Unauthenticated
from servicekit.listing import Listing, Page, read_page
from servicekit.waiting import wait_until

if TYPE_CHECKING:
    from servicekit.app import Service

P = ParamSpec("P")
R = TypeVar("R")

API = "/api/v1"
JSON_LIMIT = 1024 * 1024


@dataclass(kw_only=True)
class Call:
    """One request, as a view sees it: everything checked, inside one transaction."""

    session: Session
    principal: Principal
    now: datetime
    body: dict[str, Any]
    query: dict[str, Any]
    service: "Service"
    request_id: str
    operation: "Operation"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> Any:
        """The service's settings."""
        return self.service.settings

    def check_version(self, entity: Any) -> None:
        """Compare If-Match with what is stored: 412 when it moved on, 428 when required and absent."""
        wanted = request.headers.get("If-Match")
        if wanted is None:
            if self.operation.if_match == "required":
                raise PreconditionRequired(f'Send If-Match: "{entity.version}" if that is the version you have seen.')
            return
        if wanted.strip() != "*" and etag(entity.version) not in [
            part.strip().removeprefix("W/") for part in wanted.split(",")
        ]:
            error = PreconditionFailed(f"You have seen {wanted}; it is now {etag(entity.version)}. Read it again.")
            error.headers["ETag"] = etag(entity.version)
            raise error


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
    awaits: Callable[[Session, Mapping[str, Any]], bool] | None = None
    accepts_form: bool = False
    is_raw: bool = False
    is_personal: bool = False  # about the person and not about their work: not for a key, which speaks for the work
    is_live: bool = False  # the answer also shows what others told us, which moves without the version: never 304
    max_bytes: int = JSON_LIMIT

    @property
    def writes(self) -> bool:
        """Does it change anything?"""
        return self.method != "GET"

    @property
    def endpoint(self) -> str:
        """Flask's name for it."""
        return f"{self.tag}.{self.view.__name__}"


class Routes:
    """The routes of one sub-domain; `app.py` hands them to the service."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def page(
        self, path: str, *, needs: str, listing: Listing, **more: Any
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """A list: the view returns the Select of what this caller may see."""
        return self._add("GET", path, needs=needs, listing=listing, **more)

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


def etag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


def perform(service: "Service", operation: Operation, arguments: Mapping[str, str]) -> Response:
    """Run one request: who, what, then one transaction with effect, events and idempotency key, then the answer."""
    principal = _admit(service, operation)
    query = read_query(operation)
    body = read_body(operation)
    refuse_nul()
    started = service.clock()
    if operation.awaits is not None:
        wait_until(service.database, lambda session: operation.awaits(session, {**arguments, **body}))  # type: ignore[misc]
    trace = Trace(
        correlation_id=g.request_id,
        actor=None if principal.kind is Kind.PUBLIC else principal.id,
        traceparent=request.headers.get("traceparent"),
    )
    with tracing(trace), _transaction(service.database, operation) as session:
        key = idempotency.claim(session, principal, now=started) if operation.writes else None
        if key is not None and key.is_replay:
            return key.replay()
        call = Call(
            session=session,
            principal=principal,
            now=started,
            body=body,
            query=query,
            service=service,
            request_id=g.request_id,
            operation=operation,
        )
        answer = _answer(call, operation, operation.view(call, **arguments))
        if key is not None:
            key.store(answer)
    if operation.writes:
        service.wake(told=outbox.has_recorded(session))
    return answer


def _transaction(database: Database, operation: Operation) -> AbstractContextManager[Session]:
    if operation.writes:
        return database.write()
    return database.read_one_moment() if operation.is_raw else database.read()


def _admit(service: "Service", operation: Operation) -> Principal:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Unauthenticated("This service answers only requests with a signed identity; go through the gateway.")
    principal = service.verifier.verify(token)
    g.actor = principal.id
    if operation.needs == PUBLIC:
        return principal
    if principal.kind is Kind.PUBLIC:
        raise Unauthenticated("Log in first.")
    if operation.is_personal and principal.kind is not Kind.USER:
        raise Forbidden("A key cannot do this: it is about the person. Sign in yourself.")
    if operation.needs != SIGNED_IN and not principal.can(operation.needs):
        raise Forbidden(f"This needs the permission {operation.needs}.", permission=operation.needs)
    return principal


def _answer(call: Call, operation: Operation, result: Any) -> Response:
    if operation.is_raw:
        assert isinstance(result, Response)  # noqa: S101 - the declaration says so
        return result
    if operation.listing is not None:
        page = read_page(call.session, operation.listing, result, call.query, secret=call.settings.cursor_secret)
        return _page_answer(operation.listing, page)
    status = operation.status
    if isinstance(result, tuple):
        result, status = result
    call.session.flush()  # versions and defaults are final before they are shown
    if operation.returns is None or status == 204:  # noqa: PLR2004 - 204 No Content
        return Response(status=204)
    return _entity_answer(call, operation, result, status)


def _entity_answer(call: Call, operation: Operation, result: Any, status: int) -> Response:
    assert operation.returns is not None  # noqa: S101 - asked just before
    dumped = dumper(operation.returns)(result)
    answer = Response(msgspec.json.encode(dumped), status=status, content_type="application/json")
    answer.headers.extend(call.headers)
    version = getattr(result, "version", None)
    if isinstance(version, int):
        answer.headers["ETag"] = etag(version)
        if not (operation.writes or operation.is_live) and request.headers.get("If-None-Match") == etag(version):
            unchanged = Response(status=304)
            unchanged.headers["ETag"] = etag(version)
            return unchanged
    if operation.location is not None and status == 201:  # noqa: PLR2004 - 201 Created
        answer.headers["Location"] = operation.location.format_map(dumped)
    return answer


def _page_answer(listing: Listing, page: Page) -> Response:
    body: dict[str, Any] = {
        "data": [dumper(listing.reads)(row) for row in page.rows],
        "next_cursor": page.next_cursor,
        "has_more": page.next_cursor is not None,
    }
    if page.total is not None:
        body["total"] = page.total
    answer = Response(msgspec.json.encode(body), content_type="application/json")
    if page.next_cursor is not None:
        following = {**request.args.to_dict(), "cursor": page.next_cursor}
        answer.headers["Link"] = f'<{request.path}?{urlencode(following)}>; rel="next"'
    return answer
