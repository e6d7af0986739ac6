"""Performs a request: authentication, one transaction with effect, events and idempotency key, then the answer."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Response, g, request
from sqlalchemy.orm import Session

from servicekit.auth import PUBLIC, SIGNED_IN, Kind, Principal
from servicekit.context import Trace, tracing
from servicekit.database.engine import Database
from servicekit.errors import Forbidden, Unauthenticated
from servicekit.http import idempotency
from servicekit.http.call import Call, etag
from servicekit.http.pagination import Page, read_page
from servicekit.http.read_your_writes import wait_until
from servicekit.http.request_parsing import read_body, read_query, refuse_nul
from servicekit.http.routes import Operation
from servicekit.http.serialization import dumper
from servicekit.messaging import outbox
from servicekit.service import Service


def perform(service: Service, operation: Operation, arguments: Mapping[str, str]) -> Response:
    """Run one request: who, what, then one transaction with effect, events and idempotency key, then the answer."""
    principal = _authenticate(service, operation)
    query = read_query(operation)
    body = read_body(operation)
    refuse_nul()
    started = service.clock()
    if operation.waits_for is not None:
        wait_until(service.database, lambda session: operation.waits_for(session, {**arguments, **body}))  # type: ignore[misc]
    trace = Trace(
        correlation_id=g.request_id,
        actor=None if principal.kind is Kind.PUBLIC else principal.id,
        traceparent=request.headers.get("traceparent"),
    )
    with tracing(trace), _transaction(service.database, operation) as session:
        is_repeatable = operation.writes and not operation.holds_secret
        key = idempotency.claim(session, principal, now=started) if is_repeatable else None
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
        service.wake(has_events=outbox.has_recorded(session))
    return answer


def _transaction(database: Database, operation: Operation) -> AbstractContextManager[Session]:
    if operation.writes:
        return database.write()
    return database.read_one_moment() if operation.is_raw else database.read()


def _authenticate(service: Service, operation: Operation) -> Principal:
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
        return _page_answer(operation, page)
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


def _page_answer(operation: Operation, page: Page) -> Response:
    assert operation.returns is not None  # noqa: S101 - Routes.page demands it
    dump = dumper(operation.returns)
    body: dict[str, Any] = {
        "data": [dump(row) for row in page.rows],
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
