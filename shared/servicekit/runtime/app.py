"""The Flask app of a service: its sub-domains put together with settings, database and bus."""

import re
from collections.abc import Sequence
from functools import partial

from flask import Flask, Response, g, jsonify, request
from werkzeug.routing import BaseConverter

from servicekit.auth import PUBLIC, SIGNED_IN
from servicekit.database.engine import Database
from servicekit.http.perform import perform
from servicekit.http.problems import install_problems
from servicekit.http.routes import JSON_LIMIT, Operation
from servicekit.ids import new_id
from servicekit.jobs import Jobs
from servicekit.messaging.consumers import Consumers
from servicekit.runtime.cli import install_commands
from servicekit.runtime.health import install_health
from servicekit.runtime.logs import set_up_logs
from servicekit.runtime.metrics import install_metrics
from servicekit.runtime.subdomains import Subdomain
from servicekit.service import Clock, Service, utc_now
from servicekit.settings import Settings

_PERMISSION = re.compile(r"[a-z_]+:[a-z_]+\Z")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")


class UndeclaredRoute(Exception):
    """A route that does not say who may use it."""


class _Key(BaseConverter):
    """A part of a path; a colon begins an action (`/{id}:close`)."""

    regex = "[^/:]+"
    part_isolating = True


def create_service(
    settings: Settings,
    *,
    package: str,
    subdomains: Sequence[Subdomain],
    clock: Clock = utc_now,
) -> Flask:
    """Put a service together; refuses two routes with one path or one name."""
    set_up_logs(service=settings.service, log_format=settings.log_format)
    app = Flask(package)
    app.url_map.converters["default"] = _Key
    app.config["MAX_CONTENT_LENGTH"] = JSON_LIMIT
    service = Service(
        name=settings.service,
        package=package,
        settings=settings,
        database=Database(settings.database_url, service=settings.service),
        consumers=_all_consumers(subdomains),
        jobs=_all_jobs(subdomains),
        events=[event for one in subdomains for event in one.published],
        started=clock(),
        clock=clock,
    )
    operations = [operation for one in subdomains for routes in one.routes for operation in routes.operations]
    app.extensions["service"], app.extensions["operations"] = service, operations
    _ = service.verifier  # a service that can believe nobody does not start
    _refuse_undeclared(operations)
    install_problems(app)
    _install_requests(app)
    install_metrics(app, service)
    install_health(app, service)
    _install_document(app, service, operations)
    _install_routes(app, service, operations)
    install_commands(app, service, operations)
    return app


def _all_consumers(subdomains: Sequence[Subdomain]) -> Consumers:
    every = Consumers()
    for one in subdomains:
        every.extend(one.consumers)
    return every


def _all_jobs(subdomains: Sequence[Subdomain]) -> Jobs:
    every = Jobs()
    every.scheduled = [job for one in subdomains for job in one.jobs.scheduled]
    return every


def _refuse_undeclared(operations: Sequence[Operation]) -> None:
    """A service whose routes do not each say what they need, or that promises one twice, does not start."""
    seen = set()
    for operation in operations:
        where = f"{operation.method} {operation.path}"
        if operation.needs not in {PUBLIC, SIGNED_IN} and not _PERMISSION.match(operation.needs):
            raise UndeclaredRoute(f"{where} needs {operation.needs!r}, which is no permission: write resource:action.")
        for one in (where, operation.operation_id):
            if one in seen:
                raise UndeclaredRoute(f"{one} is declared twice.")
            seen.add(one)


def _install_routes(app: Flask, service: Service, operations: Sequence[Operation]) -> None:
    def answer(operation: Operation, **arguments: str) -> Response:
        return perform(service, operation, arguments)

    for operation in operations:
        app.add_url_rule(operation.path, operation.operation_id, partial(answer, operation), methods=[operation.method])


def _install_requests(app: Flask) -> None:
    @app.before_request
    def name_the_request() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.match(given) else new_id("req")

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response


def _install_document(app: Flask, service: Service, operations: Sequence[Operation]) -> None:
    @app.get("/openapi.json")
    def openapi() -> Response:
        from servicekit.http.openapi import build_openapi  # noqa: PLC0415 - apispec is needed only here

        return jsonify(build_openapi(service.name, operations))
