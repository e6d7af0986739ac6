"""Health: `/livez` says that the process answers, `/readyz` whether it can work and whether its workers keep up."""

import logging
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask, Response, jsonify

from servicekit.database.engine import Database
from servicekit.database.schema_version import difference
from servicekit.messaging.relay import backlog
from servicekit.runtime.heartbeat import last_heartbeat
from servicekit.service import Service

log = logging.getLogger(__name__)

OK = "ok"
EVENTS_ARE_LATE = timedelta(seconds=10)
# The worker has as many in hand before one waits in the queue of RabbitMQ.
MANY_EVENTS = 100


def install_health(app: Flask, service: Service) -> None:
    """Late events and missed workers make a service degraded and not unready: requests are answered all the same."""

    @app.get("/livez")
    def livez() -> Response:
        return jsonify({"status": "alive"})

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        found = checks(service)
        return jsonify({"status": status(found), "service": service.name, "checks": found}), code(found)


def checks(service: Service) -> dict[str, str]:
    """What was looked at: `ok`, or what is wrong."""
    database = _check_database(service.database, service.package)
    if database != OK:
        return {"database": database}
    return {"database": OK, "events": _check_outbox(service), "worker": _check_worker(service)}


def status(found: Mapping[str, str]) -> str:
    """In one word."""
    if found["database"] != OK:
        return "not ready"
    return "ready" if set(found.values()) == {OK} else "degraded"


def code(found: Mapping[str, str]) -> int:
    """The HTTP status."""
    return 200 if found["database"] == OK else 503


def _check_database(database: Database, package: str) -> str:
    try:
        return difference(database.engine, package) or OK
    except Exception as error:
        log.warning("not ready", exc_info=error)
        return "cannot be reached"


def _check_outbox(service: Service) -> str:
    with service.database.read() as session:
        count, since = backlog(session)
    if since is None or service.clock() - since < EVENTS_ARE_LATE:
        return OK
    return (
        f"{count} not published, the oldest of {since:%Y-%m-%d %H:%M:%S} UTC: is the worker running, is the bus there, "
        "does it refuse them (the worker's log says why)?"
    )


def _check_worker(service: Service) -> str:
    heartbeat = last_heartbeat(service)
    if heartbeat.is_missed:
        return f"not seen since {heartbeat.at:%Y-%m-%d %H:%M:%S} UTC: is the worker running?"
    if (heartbeat.waiting or 0) >= MANY_EVENTS:
        return f"{heartbeat.waiting} events wait in its queue: the worker is behind"
    return OK
