"""Topology of the bus: the names of exchanges and queues, and who may touch which."""

from __future__ import annotations

import re
from dataclasses import dataclass

from servicekit.messaging.bus.contract import retry_delays

EVENTS = "crm.events"
UNROUTED = "crm.unrouted"
UNROUTED_QUEUE = "crm.unrouted.v1"
PARKED = "crm.parked"

# A queue's arguments can never be changed: a new set of them is a new version in its name.


def events_queue(service: str) -> str:
    return f"{service}.events.v1"


def parked_queue(service: str) -> str:
    return f"{service}.parked.v1"


def bindings_queue(service: str) -> str:
    """Holds one message, the list of what is bound: AMQP cannot be asked, and stale bindings must be known to go."""
    return f"{service}.bindings.v1"


def retry_exchange(delay: float) -> str:
    return f"crm.retry.{_label(delay)}"


def retry_queue(delay: float) -> str:
    return f"crm.retry.{_label(delay)}.v1"


@dataclass(frozen=True, slots=True)
class Permissions:
    """RabbitMQ's three patterns of one user, in the order that `set_permissions` takes them."""

    configure: str
    write: str
    read: str


def permissions(service: str) -> Permissions:
    """What a service's own user needs once somebody privileged has declared everything, and nothing more."""
    name = re.escape(service)
    return Permissions(
        configure="^$",
        write=r"^crm\.(events|retry\..+)$",
        read=rf"^{name}\.(events|parked)\.v1$",
    )


def all_retry_delays() -> list[float]:
    return sorted(set(retry_delays()))


def _label(delay: float) -> str:
    milliseconds = round(delay * 1000)
    for size, unit in ((3_600_000, "h"), (60_000, "m"), (1_000, "s")):
        if milliseconds >= size and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"
