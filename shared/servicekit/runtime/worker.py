"""The worker of a service: relay, consumer and jobs, each in threads of one process, drained on SIGTERM."""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from servicekit.context import Trace, tracing
from servicekit.errors import Unavailable
from servicekit.http import idempotency
from servicekit.ids import new_id
from servicekit.jobs import Scheduled, Work, claim_run
from servicekit.messaging import dead_letters, inbox, outbox_retention
from servicekit.messaging.bus import BusDown, Delivery
from servicekit.messaging.dead_letters import park
from servicekit.messaging.relay import Relay
from servicekit.runtime import gc_tuning, heartbeat
from servicekit.service import Service

log = logging.getLogger(__name__)

THREADS = 4
# Where both want the processor, whoever waits for an answer goes first.
NICENESS = 10
DRAIN_SECONDS = 25
STOPPING = {signal.SIGTERM, signal.SIGINT}
EXCLUSIVE_LOOK_SECONDS = 60


def run_worker(service: Service) -> None:
    """Until SIGTERM or Ctrl-C: publish what is committed, consume what is published, do what is due."""
    # Blocked in every thread and awaited below: a handler is lost where the signal comes between Python's last look for
    # one and the sleep of this thread.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    stop = threading.Event()
    os.nice(NICENESS)
    gc_tuning.apply()
    relay = Relay(service.database, service.bus, now=service.clock, stop=stop)
    service.wake_relay_here = relay.wake
    jobs = [*service.jobs.scheduled, *_own_jobs(service)]
    threads = [threading.Thread(target=relay.run, name="relay", daemon=True)]
    threads += [
        threading.Thread(target=_run_job, args=(service, job, stop), name=job.name, daemon=True) for job in jobs
    ]
    if service.consumers.by_type:
        threads.append(threading.Thread(target=_consume, args=(service, stop), name="consumer", daemon=True))
    for thread in threads:
        thread.start()
    signal.sigwait(STOPPING)
    stop.set()
    deadline = time.monotonic() + DRAIN_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    service.close()


def _consume(service: Service, stop: threading.Event) -> None:
    declared = False
    while not stop.is_set():
        try:
            if not declared:
                service.bus.declare(service.name, service.consumers.by_type)
                declared = True
            service.bus.consume(
                service.name,
                service.dispatcher.receive,
                stop=stop,
                threads=THREADS,
                order_key=_order_key,
                together=service.dispatcher.receive_together,
            )
        except BusDown as error:
            log.warning("the bus is down, nothing is consumed", extra={"reason": str(error)})
            stop.wait(1)
        except Exception:
            log.exception("the consumer stopped; it starts again")
            stop.wait(1)


def _order_key(delivery: Delivery) -> str:
    """Events of one aggregate stay in order; what cannot be read has no order."""
    try:
        return str(json.loads(delivery.body)["subject"])
    except (ValueError, KeyError, TypeError):
        return ""


def _run_job(service: Service, job: Scheduled, stop: threading.Event) -> None:
    work = Work(database=service.database, settings=service.settings, now=service.clock, is_stopping=stop.is_set)
    pause = job.seconds
    while not stop.is_set():
        seen = service.wakeups.count
        try:
            done = _run_once(service, job, work)
            pause = job.seconds
        except Unavailable as error:
            log.warning("job waits", extra={"job": job.name, "reason": error.detail})
            done, pause = 0, min(pause * 2 + 0.5, 30)
        except Exception:
            log.exception("job failed", extra={"job": job.name})
            done, pause = 0, min(pause * 2 + 0.5, 60)
        if job.is_exclusive:
            stop.wait(min(pause, EXCLUSIVE_LOOK_SECONDS))
        elif done == 0 and pause <= 1:
            service.wakeups.wait(seen, pause)
        elif done == 0:
            stop.wait(pause)


def _run_once(service: Service, job: Scheduled, work: Work) -> int:
    if job.is_exclusive and not claim_run(service.database, job, now=service.clock()):
        return 0
    with tracing(Trace(correlation_id=new_id("job"))):
        done = job.run(work)
    if done:
        service.wake(has_events=True)
    return done


def _own_jobs(service: Service) -> list[Scheduled]:
    """What the kit itself does in every service."""
    return [
        Scheduled(name="park_dead_messages", seconds=10, run=_park_dead(service)),
        Scheduled(
            name="write_heartbeat",
            seconds=heartbeat.HEARTBEAT_SECONDS,
            run=lambda _: heartbeat.write_heartbeat(service),
        ),
        Scheduled(name="delete_old_rows", seconds=timedelta(hours=1).total_seconds(), run=_delete_old_rows),
    ]


def _park_dead(service: Service) -> Callable[[Work], int]:
    def sink(delivery: Delivery, reason: str) -> None:
        with service.database.write() as session:
            park(
                session,
                delivery.body,
                reason="killed_its_worker",
                detail=reason,
                attempts=delivery.attempt,
                now=service.clock(),
            )

    def park_dead_messages(_work: Work) -> int:
        try:
            return service.bus.drain_dead(service.name, sink) if service.consumers.by_type else 0
        except BusDown as error:
            raise Unavailable(str(error)) from error

    return park_dead_messages


def _delete_old_rows(work: Work) -> int:
    """A transaction each, so that one that takes too long does not undo the others."""
    now, gone = work.now(), 0
    for delete in (idempotency.delete_old_keys, inbox.delete_old_rows, dead_letters.delete_resolved):
        with work.database.write() as session:
            gone += delete(session, now=now)
    while not work.is_stopping():
        with work.database.write() as session:
            batch = outbox_retention.delete_published(session, now=now)
        gone += batch
        if batch < outbox_retention.BATCH:
            break
    return gone
