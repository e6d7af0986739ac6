"""Is the service there, can it work, do its workers keep up: `/livez`, `/readyz`, and the workers' signs of life."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify

from servicekit.bus import BusDown
from servicekit.db import Database
from servicekit.kit_tables import WorkerSeen
from servicekit.levels import difference
from servicekit.relay import backlog
from servicekit.upsert import hold

if TYPE_CHECKING:
    from servicekit.app import Service

log = logging.getLogger(__name__)

OK = "ok"
SIGN_SECONDS = 10
EVENTS_ARE_LATE = timedelta(seconds=10)
WORKER_IS_MISSED = timedelta(seconds=60)
# The worker has as many in hand before one waits in the queue of RabbitMQ.
MANY_EVENTS = 100


@dataclass(frozen=True, kw_only=True)
class Sign:
    """The last one of the workers, or the start of this process, which misses nobody at once; `waiting` events then.

    None where nobody knows how many: no worker has said it for a minute, or the bus could not be asked.
    """

    at: datetime
    is_missed: bool
    waiting: int | None


def install_health(app: Flask, service: "Service") -> None:
    """Late events and missed workers make a service degraded and not unready: requests are answered all the same."""

    @app.get("/livez")
    def livez() -> Response:
        return jsonify({"status": "alive"})

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        found = checks(service)
        return jsonify({"status": status(found), "service": service.name, "checks": found}), code(found)


def checks(service: "Service") -> dict[str, str]:
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


def give_a_sign(service: "Service") -> int:
    """The worker's part: it lives, and so many events wait for it. Changes nothing that others wait for."""
    try:
        waiting = service.bus.depth(service.name).waiting if service.consumers.by_type else 0
    except BusDown:
        waiting = None
    now = service.clock()
    with service.database.write() as session:
        seen = hold(session, WorkerSeen, service.name, seen_at=now, waiting=waiting)
        seen.seen_at, seen.waiting = now, waiting
    return 0


def last_sign(service: "Service") -> Sign:
    """As /readyz and /metrics tell it."""
    with service.database.read() as session:
        seen = session.get(WorkerSeen, service.name)
    at = max(seen.seen_at, service.started) if seen else service.started
    is_missed = service.clock() - at > WORKER_IS_MISSED
    is_fresh = seen is not None and service.clock() - seen.seen_at <= WORKER_IS_MISSED
    return Sign(at=at, is_missed=is_missed, waiting=seen.waiting if seen and is_fresh else None)


def _check_database(database: Database, package: str) -> str:
    try:
        return difference(database.engine, package) or OK
    except Exception as error:
        log.warning("not ready", exc_info=error)
        return "cannot be reached"


def _check_outbox(service: "Service") -> str:
    with service.database.read() as session:
        count, since = backlog(session)
    if since is None or service.clock() - since < EVENTS_ARE_LATE:
        return OK
    return (
        f"{count} not published, the oldest of {since:%Y-%m-%d %H:%M:%S} UTC: is the worker running, is the bus there, "
        "does it refuse them (the worker's log says why)?"
    )


def _check_worker(service: "Service") -> str:
    sign = last_sign(service)
    if sign.is_missed:
        return f"not seen since {sign.at:%Y-%m-%d %H:%M:%S} UTC: is the worker running?"
    if (sign.waiting or 0) >= MANY_EVENTS:
        return f"{sign.waiting} events wait to be heard: the worker is behind"
    return OK
