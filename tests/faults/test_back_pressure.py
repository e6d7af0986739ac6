"""Two hundred thousand events wait, and one of two listeners is away with its queue full: the kit alone, on servers."""

import json
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import psycopg
import pytest

from ops.repository import ROOT
from ops.waiting import wait_for
from servicekit.database.engine import Database
from servicekit.database.migrate import upgrade
from servicekit.messaging.bus import Delivery, Done, Outcome, connect
from tests import servers
from tests.bench import relaying
from tests.faults.conftest import broker_version
from tests.faults.trial import SEED, commit, keep

EVENTS = 200_000
LIMIT = 5_000
BOTH, ONE = "thing.made.v1", "thing.liked.v1"
# Two events of each aggregate, and of every second aggregate both listeners consume.
FILL = f"""
INSERT INTO outbox (event_id, type, aggregate_id, aggregate_version, envelope, occurred_at)
SELECT 'evt_' || n, CASE WHEN n / 2 % 2 = 0 THEN '{BOTH}' ELSE '{ONE}' END, 'thing_' || n / 2, n % 2 + 1,
       json_build_object('subject', 'thing_' || n / 2, 'sequence', n % 2 + 1, 'text', repeat('x', 900)), now()
FROM generate_series(0, {EVENTS - 1}) n
"""


@dataclass
class Listener:
    """What came, by aggregate, in the order in which it first came; and how much came again."""

    first: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    distinct: int = 0
    copies: int = 0

    def handle(self, delivery: Delivery) -> Outcome:
        event = json.loads(delivery.body)
        seen = self.first[event["subject"]]
        if event["sequence"] in seen:
            self.copies += 1
        else:
            seen.append(event["sequence"])
            self.distinct += 1
        return Done()

    def out_of_order(self) -> list[str]:
        return [subject for subject, seen in self.first.items() if seen != sorted(seen)]


@contextmanager
def listening(bus_url: str, name: str, listener: Listener) -> Iterator[None]:
    stop, bus = threading.Event(), connect(bus_url)
    thread = threading.Thread(
        target=bus.consume,
        args=(name, listener.handle),
        kwargs={"stop": stop, "threads": 1, "order_key": lambda _: "all"},
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        bus.close()


def test_a_full_queue_holds_back_two_hundred_thousand_events_in_flat_memory_and_nobody_else_waits() -> None:
    outbox, bus_url, broker = filled_outbox(), servers.rabbitmq().fresh_vhost(), servers.rabbitmq()
    bus = connect(bus_url)
    for name, types in (("away", [BOTH]), ("there", [BOTH, ONE])):
        bus.declare(name, types)
    vhost = urlsplit(bus_url).path[1:]
    limit = json.dumps({"max-length": LIMIT})
    broker.control("set_policy", "-p", vhost, "small", r"^away\.events\.v1$", limit, "--apply-to", "queues")
    away, there = Listener(), Listener()
    began = time.monotonic()
    with relay_running(outbox, bus_url) as relay, listening(bus_url, "there", there):
        early = resident_mb(relay.pid)
        # All of its own, and of the others each first one that was refused by the full queue only.
        wait_for(
            lambda: there.distinct >= EVENTS * 3 // 4,
            "the listener that is there has all it can have",
            progress=lambda: there.distinct,
        )
        full_seconds, waiting, most = time.monotonic() - began, unpublished(outbox), resident_mb(relay.pid)
        assert LIMIT <= bus.depth("away").waiting < LIMIT * 2
        with listening(bus_url, "away", away):
            returned = time.monotonic()
            wait_for(lambda: unpublished(outbox) == 0, "the outbox is empty", progress=lambda: away.distinct)
            wait_for(
                lambda: (away.distinct, there.distinct) == (EVENTS // 2, EVENTS),
                "both have everything",
                progress=lambda: (away.distinct, there.distinct),
            )
            drained_seconds = time.monotonic() - returned
        most = max(most, resident_mb(relay.pid))
    stuck = unpublished(outbox) + sum(bus.depth(name).waiting for name in ("away", "there"))
    bus.close()
    keep(
        result(broker_version(bus_url), [away, there], full_seconds, drained_seconds, stuck)
        | {"waiting_when_full": waiting, "relay_mb": [early, most], "copies": [away.copies, there.copies]}
    )
    assert (away.out_of_order(), there.out_of_order(), stuck) == ([], [], 0)
    assert most < early + 100


def filled_outbox() -> str:
    url = servers.postgres().fresh_database("pressed")
    database = Database(url, service="pressed")
    upgrade(database, "tests.toy")
    database.close()
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(FILL)
        connection.execute("ANALYZE outbox")
    return url


@contextmanager
def relay_running(outbox: str, bus_url: str) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, str(relaying.__file__), outbox, bus_url, "0", str(EVENTS)]
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as relay:
        try:
            assert relay.stdin
            assert relay.stdout
            assert relay.stdout.readline() == "warm\n"
            relay.stdin.write("go\n")
            relay.stdin.flush()
            yield relay
        finally:
            relay.kill()


def unpublished(outbox: str) -> int:
    with psycopg.connect(plain(outbox)) as connection:
        found = connection.execute("SELECT count(*) FROM outbox WHERE published_at IS NULL").fetchone()
    assert found
    return int(found[0])


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


def resident_mb(pid: int) -> int:
    status = (ROOT / "/proc" / str(pid) / "status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) // 1024


def result(
    version: str, listeners: Sequence[Listener], seconds: float, drained: float, stuck: int
) -> dict[str, object]:
    consumed = sum(one.distinct for one in listeners)
    known = sum(subject in one.first for one in listeners for subject in (f"thing_{n}" for n in range(EVENTS // 2)))
    return {
        "scenario": "20 consumer stopped, 200,000 events",
        "stack": "servers",
        "broker": version,
        "seed": SEED,
        "seconds": round(seconds),
        "commit": commit(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "faults": {"consumer away, its queue full": 1},
        "attempted": 0,
        "acknowledged": 0,
        "committed": EVENTS,
        "effects": consumed,
        "lost": EVENTS + EVENTS // 2 - consumed,
        "ghost": sum(len(one.first) for one in listeners) - known,
        "double": 0,  # the listeners, as the inbox, count a copy and leave it at that
        "reordered": sum(len(one.out_of_order()) for one in listeners),
        "stuck": stuck,
        "in_doubt": 0,
        "recovery_seconds": round(drained, 1),
        "slowest_percent_seconds": 0,
    }


pytestmark = pytest.mark.plan
