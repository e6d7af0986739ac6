"""What `/readyz` and `/metrics` say about events and workers."""

import math
from typing import Any

from servicekit.messaging.bus import OutgoingMessage
from servicekit.runtime.health import MANY_EVENTS
from servicekit.runtime.heartbeat import write_heartbeat
from servicekit.testing.harness import RunningService, envelope


def ready(library: RunningService) -> Any:
    return library.app.test_client().get("/readyz")


def metric(library: RunningService, name: str) -> float:
    text = library.app.test_client().get("/metrics").text
    return float(next(line for line in text.splitlines() if line.startswith(f"{name} ")).split()[1])


def bury_in_events(library: RunningService, count: int) -> None:
    """Published, and consumed by nobody."""
    service = library.service
    service.bus.declare(service.name, service.consumers.by_type)
    event_type = next(iter(service.consumers.by_type))
    service.bus.publish(
        [
            OutgoingMessage(id=f"evt_{number}", type=event_type, body=envelope(event_type, {}), key="one")
            for number in range(count)
        ]
    )


def test_a_service_that_was_just_started_waits_a_minute_for_its_worker(library: RunningService) -> None:
    assert ready(library).json["checks"]["worker"] == "ok"
    library.harness.clock.move(seconds=61)
    answer = ready(library)
    assert (answer.status_code, answer.json["status"]) == (200, "degraded")
    assert "is the worker running?" in answer.json["checks"]["worker"]


def test_a_worker_that_gave_a_sign_is_not_missed_for_a_minute(library: RunningService) -> None:
    library.harness.clock.move(seconds=50)
    write_heartbeat(library.service)
    library.harness.clock.move(seconds=59)
    assert ready(library).json["status"] == "ready"
    assert metric(library, "worker_seen_seconds") == 59
    assert metric(library, "events_waiting") == 0
    library.harness.clock.move(seconds=2)
    assert ready(library).json["status"] == "degraded"
    assert math.isnan(metric(library, "events_waiting"))


def test_a_system_that_was_halted_misses_nobody_when_it_starts(library: RunningService) -> None:
    write_heartbeat(library.service)
    library.harness.clock.move(days=3)
    library.service.started = library.harness.clock()
    assert ready(library).json["status"] == "ready"
    assert metric(library, "worker_seen_seconds") == 0


def test_a_worker_with_more_to_consume_than_it_can_makes_the_service_degraded(library: RunningService) -> None:
    bury_in_events(library, MANY_EVENTS)
    write_heartbeat(library.service)
    assert ready(library).json["checks"]["worker"].startswith("100 events wait in its queue")
    assert metric(library, "events_waiting") == 100
    library.harness.drain()
    write_heartbeat(library.service)
    assert ready(library).json["checks"]["worker"] == "ok"


def test_a_few_events_on_their_way_are_nothing_to_say(library: RunningService) -> None:
    bury_in_events(library, 7)
    write_heartbeat(library.service)
    assert ready(library).json["status"] == "ready"
    assert metric(library, "events_waiting") == 7
