"""The real relay alone in a process, until so many facts are published. `relaying.py DATABASE BUS WARM COUNT`."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence

from servicekit.database.engine import Database
from servicekit.messaging.bus import Bus, OutgoingMessage, Receipt, connect
from servicekit.messaging.relay import Relay
from servicekit.service import utc_now


class Counting:
    """The bus as it is; it stops the relay when enough was confirmed."""

    def __init__(self, bus: Bus, wanted: int, stop: threading.Event) -> None:
        self._bus, self._left, self._stop = bus, wanted, stop

    def __getattr__(self, name: str) -> object:
        return getattr(self._bus, name)

    def publish(self, batch: Sequence[OutgoingMessage], *, timeout: float = 30) -> Receipt:
        receipt = self._bus.publish(batch, timeout=timeout)
        self._left -= len(receipt.confirmed)
        if self._left <= 0:
            self._stop.set()
        return receipt


def publish(database: Database, bus: Bus, count: int) -> float:
    """The relay's own loop; the seconds until the last of `count` rows was marked."""
    stop, started = threading.Event(), time.perf_counter()
    Relay(database, Counting(bus, count, stop), now=utc_now, stop=stop).run()  # type: ignore[arg-type]
    return time.perf_counter() - started


def main(database_url: str, bus_url: str, warm: str, count: str) -> None:
    database, bus = Database(database_url, service="relay"), connect(bus_url)
    publish(database, bus, int(warm))
    print("warm", flush=True)
    sys.stdin.readline()
    print(publish(database, bus, int(count)), flush=True)
    bus.close()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
