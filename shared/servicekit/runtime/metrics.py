"""Metrics: requests by route template, and how far the events are behind, in Prometheus' text form."""

import logging
import math
import time
from datetime import datetime

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from servicekit.database.tables import ParkedMessage
from servicekit.messaging.relay import backlog
from servicekit.runtime.heartbeat import last_heartbeat
from servicekit.service import Service

log = logging.getLogger(__name__)

_PROBES = frozenset({"/livez", "/readyz", "/metrics"})


def install_metrics(app: Flask, service: Service) -> None:
    """Count and time every request; `/metrics` shows them with the state of outbox and parking."""
    registry = CollectorRegistry()
    seconds = Histogram("http_request_seconds", "Time to answer", ["method", "route", "status"], registry=registry)
    errors = Counter("http_errors", "Answers of 500 and above", ["route"], registry=registry)
    pending = Gauge("outbox_pending", "Facts not yet published", registry=registry)
    oldest = Gauge("outbox_oldest_seconds", "Age of the oldest unpublished fact", registry=registry)
    parked = Gauge("parked_messages", "Messages that wait for an operator", registry=registry)

    queued = Gauge(
        "events_waiting",
        "Events in the queue, as a worker last saw",
        registry=registry,
    )
    silent = Gauge("worker_seen_seconds", "Since the last heartbeat of a worker, or since the start", registry=registry)

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def measure(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unknown"
        spent = time.perf_counter() - g.get("started", time.perf_counter())
        seconds.labels(request.method, route, response.status_code).observe(spent)
        _log_request(route, response.status_code, spent)
        if response.status_code >= 500:  # noqa: PLR2004 - server errors
            errors.labels(route).inc()
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        with service.database.read() as session:
            count, since = backlog(session)
            waiting = session.query(ParkedMessage).filter(ParkedMessage.settled_at.is_(None)).count()
        pending.set(count)
        heartbeat = last_heartbeat(service)
        queued.set(math.nan if heartbeat.waiting is None else heartbeat.waiting)
        silent.set(_age(heartbeat.at, service.clock()))
        oldest.set(_age(since, service.clock()))
        parked.set(waiting)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _log_request(route: str, status: int, seconds: float) -> None:
    """One line a request, without what is in it: the template of the route, not the path."""
    if route in _PROBES:
        return
    facts = {"request_id": g.get("request_id"), "actor": g.get("actor"), "method": request.method, "route": route}
    log.info("request", extra={**facts, "status": status, "ms": round(seconds * 1000, 1)})
