"""A consumer in a process of its own, for tests that kill it: `bus_child.py URL SERVICE LOG [kill=BODY] [pause=SECONDS]`.

Writes `ready`, `begin BODY` and `done BODY` lines to LOG; SIGTERM ends it as a worker would be ended.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from servicekit.messaging.bus import Delivery, Done, Outcome, connect


def main(url: str, service: str, log: str, *options: str) -> None:
    wishes = dict(option.split("=", 1) for option in options)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def note(line: str) -> None:
        with Path(log).open("a") as file:
            file.write(line + "\n")

    def handler(delivery: Delivery) -> Outcome:
        body = delivery.body.decode()
        note(f"begin {body}")
        if body == wishes.get("kill"):
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(float(wishes.get("pause", 0)))
        note(f"done {body}")
        return Done()

    note("ready")
    bus = connect(url)
    bus.consume(service, handler, stop=stop, order_key=lambda delivery: delivery.body.decode())
    bus.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
