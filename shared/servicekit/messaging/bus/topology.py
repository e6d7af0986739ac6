"""The names on the bus, who may touch which, and the one step that declares everything before services start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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
    """What a service's own user needs once `declare_all` has run as somebody privileged, and nothing more."""
    name = re.escape(service)
    return Permissions(
        configure="^$",
        write=r"^crm\.(events|retry\..+)$",
        read=rf"^{name}\.(events|parked)\.v1$",
    )


def declare_all(url: str, types: Mapping[str, Iterable[str]]) -> None:
    """Declare every service's queue with the types it hears, as a user who may configure; harmless to repeat.

    Run it before any service starts: an event published before a queue exists does not reach that queue.
    """
    from servicekit.messaging.bus import connect  # noqa: PLC0415 - the package imports this module

    bus = connect(url)
    try:
        for service, wanted in types.items():
            bus.declare(service, wanted)
    finally:
        bus.close()


def all_retry_delays() -> list[float]:
    return sorted(set(retry_delays()))


def _label(delay: float) -> str:
    milliseconds = round(delay * 1000)
    for size, unit in ((3_600_000, "h"), (60_000, "m"), (1_000, "s")):
        if milliseconds >= size and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"
