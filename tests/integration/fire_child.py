"""A publisher or a consumer that may be killed at any moment: `fire_child.py publish|consume URL SERVICE FOLDER NAME`.

The publisher keeps an outbox of its own (rows are committed, then published, then marked); the consumer an inbox: an
effect and the note that its message was seen are one transaction.
"""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path

from servicekit.messaging.bus import Bus, BusDown, Delivery, Done, Outcome, OutgoingMessage, Retry, connect

OUTBOX = "CREATE TABLE IF NOT EXISTS fact (id TEXT PRIMARY KEY, key TEXT, is_published INT DEFAULT 0)"
INBOX = "CREATE TABLE IF NOT EXISTS effect (id TEXT PRIMARY KEY, seen INT DEFAULT 1)"
KEYS = 12


def open_database(path: Path, table: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30, isolation_level=None)
    database.execute(table)
    return database


def publish_waiting(database: sqlite3.Connection, bus: Bus, topic: str) -> int:
    """What a relay does: at least once, the same id every time."""
    rows = database.execute("SELECT id, key FROM fact WHERE is_published = 0 ORDER BY id LIMIT 100").fetchall()
    batch = [OutgoingMessage(id=id, type=topic, body=json.dumps([id, key]).encode(), key=key) for id, key in rows]
    receipt = bus.publish(batch, timeout=10)
    marks = [(id,) for id in receipt.confirmed]
    database.executemany("UPDATE fact SET is_published = 1 WHERE id = ?", marks)
    return len(rows)


def publish(url: str, service: str, folder: Path, name: str) -> None:
    bus, database = connect(url), open_database(folder / f"{name}.db", OUTBOX)
    while True:
        for _ in range(10):
            fact = (f"{name}-{time.time_ns()}", f"{name}-{random.randrange(KEYS)}")
            database.execute("INSERT INTO fact (id, key) VALUES (?, ?)", fact)
        try:
            publish_waiting(database, bus, f"{service}.made.v1")
        except BusDown:
            time.sleep(0.3)
        time.sleep(0.03)


def consume(url: str, service: str, folder: Path, _name: str) -> None:
    stop, own = threading.Event(), threading.local()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def handler(delivery: Delivery) -> Outcome:
        if delivery.attempt == 1 and random.random() < 0.02:
            return Retry("unlucky")
        if not hasattr(own, "database"):
            own.database = open_database(folder / "effects.db", INBOX)
        id, _ = json.loads(delivery.body)
        database: sqlite3.Connection = own.database
        database.execute("BEGIN IMMEDIATE")
        is_first = database.execute("INSERT INTO effect (id) VALUES (?) ON CONFLICT DO NOTHING", (id,)).rowcount
        if not is_first:
            database.execute("UPDATE effect SET seen = seen + 1 WHERE id = ?", (id,))
        database.execute("COMMIT")
        return Done()

    connect(url).consume(service, handler, stop=stop, order_key=lambda delivery: str(json.loads(delivery.body)[1]))


if __name__ == "__main__":
    {"publish": publish, "consume": consume}[sys.argv[1]](sys.argv[2], sys.argv[3], Path(sys.argv[4]), sys.argv[5])
