"""Errors as RFC 9457 problems: one object for every failure, on every route."""

import json
import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from servicekit.errors import Conflict, Error, FieldError, PreconditionFailed, Unavailable

log = logging.getLogger(__name__)

# PostgreSQL's and SQLite's names for a unique value that was taken, and for locks that could not be had in time.
_TAKEN = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
_LATER = frozenset({"40001", "40P01", "55P03", "57014"})
# What werkzeug itself refuses, in our codes.
_CODES = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media"}


def problem(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    fields: Iterable[FieldError] = (),
    headers: Iterable[tuple[str, str]] = (),
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """The answer for one failure; `code` is the stable part, `type` resolves to its documentation."""
    body: dict[str, Any] = {
        **(extra or {}),
        "type": f"/api/docs#problem-{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "code": code,
        "request_id": g.get("request_id"),
    }
    errors = [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in fields]
    if errors:
        body["errors"] = errors
    answer = Response(json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json")
    answer.headers.extend(dict(headers))
    return answer


def problem_of(error: Error) -> Response:
    """An error of ours as its problem."""
    headers = dict(error.headers)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return problem(
        status=error.status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        fields=error.fields,
        headers=headers.items(),
        extra=error.extra,
    )


def install_problems(app: Flask) -> None:
    """Every error that leaves this app is a problem, and none shows its inside."""
    app.register_error_handler(Error, problem_of)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DBAPIError, _raced)
    app.register_error_handler(HTTPException, _refused_by_werkzeug)
    app.register_error_handler(Exception, _unexpected)


def _stale(_error: StaleDataError) -> Response:
    return problem_of(PreconditionFailed("Somebody changed it in this moment. Read it again and repeat your change."))


def _raced(error: DBAPIError) -> Response:
    """Two callers at the same rows at once: nobody's fault, and the same request again will be answered rightly."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", "")
    if state in _TAKEN:
        return problem_of(Conflict("Somebody did the same in this moment. Read it again, then repeat your change."))
    if state in _LATER:
        return problem_of(Unavailable("Others are changing this right now. Repeat it in a moment."))
    return _unexpected(error)


def _refused_by_werkzeug(error: HTTPException) -> Response:
    status = error.code or 500
    headers = [(name, value) for name, value in error.get_headers() if name in {"Allow", "Retry-After"}]
    return problem(
        status=status,
        code=_CODES.get(status, HTTPStatus(status).name.lower()),
        title=HTTPStatus(status).phrase,
        detail=error.description or HTTPStatus(status).phrase,
        headers=headers,
    )


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    return problem(
        status=500,
        code="unexpected",
        title="Something went wrong",
        detail="This is our fault. Quote the request id when you ask about it.",
    )
