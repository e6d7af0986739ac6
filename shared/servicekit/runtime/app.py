"""A service: its settings, database, bus, routes, consumers and jobs put together behind one Flask app."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.routing import BaseConverter

from servicekit.auth import PUBLIC, SIGNED_IN, Verifier
from servicekit.bus import Bus, connect
from servicekit.cli import install_commands
from servicekit.consumers import Consumers
from servicekit.db import Database
from servicekit.events import Event
from servicekit.health import install_health
from servicekit.http import JSON_LIMIT, Operation, Routes, perform
from servicekit.ids import new_id
from servicekit.jobs import Jobs, Wakeups
from servicekit.logs import set_up_logs
from servicekit.metrics import install_metrics
from servicekit.problems import install_problems
from servicekit.receiving import Receiver
from servicekit.relay import notify
from servicekit.settings import Settings

Clock = Callable[[], datetime]
_PERMISSION = re.compile(r"[a-z_]+:[a-z_]+\Z")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")


class UndeclaredRoute(Exception):
    """A route that does not say who may use it."""


def utc_now() -> datetime:
    """The clock that entry rooms read; below them time is passed in."""
    return datetime.now(UTC)


@dataclass
class Service:
    """One running service, as its entry rooms see it; found at `app.extensions["service"]`."""

    name: str
    package: str
    settings: Any
    database: Database
    consumers: Consumers
    jobs: Jobs
    events: Sequence[type[Event]]
    operations: Sequence[Operation]
    started: datetime
    clock: Clock = utc_now
    wake_relay_here: Callable[[], None] | None = None
    wakeups: Wakeups = field(default_factory=Wakeups)

    @cached_property
    def bus(self) -> Bus:
        """Connected at first use: after the fork, and never in a web process."""
        return connect(self.settings.bus_url)

    @cached_property
    def verifier(self) -> Verifier:
        """Knows the gateway's public keys, and accepts what is meant for this service alone."""
        return Verifier.from_file(self.settings.identity_keys, self.name)

    @cached_property
    def receiver(self) -> Receiver:
        """What the bus hands deliveries to."""
        return Receiver(database=self.database, consumers=self.consumers, now=self.clock, wake=self.wake)

    def wake(self, *, told: bool) -> None:
        """Something was committed in this process: jobs look at once, and with `told` the relay does."""
        self.wakeups.wake()
        if not told:
            return
        if self.database.is_sqlite and self.wake_relay_here is not None:
            self.wake_relay_here()
        else:
            notify(self.database)

    def close(self) -> None:
        """Give everything back."""
        if "bus" in self.__dict__:
            self.bus.close()
        self.database.close()


class _Key(BaseConverter):
    """A part of a path; a colon begins an action (`/{id}:close`)."""

    regex = "[^/:]+"
    part_isolating = True


def create_service(
    settings: Settings,
    *,
    package: str,
    routes: Sequence[Routes],
    events: Sequence[type[Event]] = (),
    consumers: Consumers | None = None,
    jobs: Jobs | None = None,
    clock: Clock = utc_now,
) -> Flask:
    """Put a service together; refuses routes that promise twice the same path."""
    set_up_logs(service=settings.service, log_format=settings.log_format)
    app = Flask(package)
    app.url_map.converters["default"] = _Key
    app.config["MAX_CONTENT_LENGTH"] = JSON_LIMIT
    service = Service(
        name=settings.service,
        package=package,
        settings=settings,
        database=Database(settings.database_url, service=settings.service),
        consumers=consumers or Consumers(settings.service),
        jobs=jobs or Jobs(settings.service),
        events=events,
        operations=[operation for one in routes for operation in one.operations],
        started=clock(),
        clock=clock,
    )
    app.extensions["service"] = service
    _ = service.verifier  # a service that can believe nobody does not start
    _refuse_undeclared(service.operations)
    install_problems(app)
    _install_requests(app)
    install_metrics(app, service)
    install_health(app, service)
    _install_document(app, service)
    _install_routes(app, service)
    install_commands(app, service)
    return app


def _refuse_undeclared(operations: Sequence[Operation]) -> None:
    """A service whose routes do not each say what they need, or that promises one twice, does not start."""
    seen = set()
    for operation in operations:
        where = f"{operation.method} {operation.path}"
        if operation.needs not in {PUBLIC, SIGNED_IN} and not _PERMISSION.match(operation.needs):
            raise UndeclaredRoute(f"{where} needs {operation.needs!r}, which is no permission: write resource:action.")
        if where in seen:
            raise UndeclaredRoute(f"{where} is declared twice.")
        seen.add(where)


def _install_routes(app: Flask, service: Service) -> None:
    def answer(operation: Operation, **arguments: str) -> Response:
        return perform(service, operation, arguments)

    for operation in service.operations:
        app.add_url_rule(operation.path, operation.endpoint, partial(answer, operation), methods=[operation.method])


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


def _install_document(app: Flask, service: Service) -> None:
    @app.get("/openapi.json")
    def openapi() -> Response:
        from servicekit.openapi import build_openapi  # noqa: PLC0415 - apispec is needed only here

        return jsonify(build_openapi(service.name, service.operations))
