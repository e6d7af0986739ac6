"""The heartbeat of a service's workers: written every ten seconds, shown by `/readyz` and `/metrics`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from servicekit.database.locks import lock_or_create
from servicekit.database.tables import WorkerHeartbeat
from servicekit.messaging.bus import BusDown
from servicekit.service import Service

HEARTBEAT_SECONDS = 10
WORKER_IS_MISSED = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Heartbeat:
    """The workers' last heartbeat, or the start of this process while there is none; `waiting` events were queued then.

    None where nobody knows how many: no worker has written it for a minute, or the bus could not be asked.
    """

    at: datetime
    is_missed: bool
    waiting: int | None


def write_heartbeat(service: Service) -> int:
    """The worker's part: it lives, and so many events wait in its queue. Returns 0: no other job need look at once."""
    try:
        waiting = service.bus.depth(service.name).waiting if service.consumers.by_type else 0
    except BusDown:
        waiting = None
    now = service.clock()
    with service.database.write() as session:
        seen = lock_or_create(session, WorkerHeartbeat, service.name, seen_at=now, waiting=waiting)
        seen.seen_at, seen.waiting = now, waiting
    return 0


def last_heartbeat(service: Service) -> Heartbeat:
    """As /readyz and /metrics show it."""
    with service.database.read() as session:
        seen = session.get(WorkerHeartbeat, service.name)
    at = max(seen.seen_at, service.started) if seen else service.started
    is_missed = service.clock() - at > WORKER_IS_MISSED
    is_fresh = seen is not None and service.clock() - seen.seen_at <= WORKER_IS_MISSED
    return Heartbeat(at=at, is_missed=is_missed, waiting=seen.waiting if seen and is_fresh else None)
