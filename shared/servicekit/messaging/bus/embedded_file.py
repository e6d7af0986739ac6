"""The file behind the embedded bus: every statement, one connection an object.

Local disks only (WAL needs shared memory). Times are wall-clock seconds: a jump costs a duplicate,
which inboxes absorb.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servicekit.messaging.bus.contract import (
    DELIVERY_LIMIT,
    BusDown,
    Delivery,
    Done,
    Outcome,
    OutgoingMessage,
    Retry,
    delay_after,
)
from servicekit.messaging.bus.topics import matches

UNROUTED_KEPT = 100_000
OUTAGE_PAUSE = 1.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS binding (queue TEXT, pattern TEXT, PRIMARY KEY (queue, pattern)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 1, deliveries INTEGER NOT NULL DEFAULT 0, due_at REAL NOT NULL DEFAULT 0,
    owner TEXT, leased_until REAL NOT NULL DEFAULT 0, dead TEXT,
    UNIQUE (queue, id)
);
CREATE INDEX IF NOT EXISTS message_alive ON message (queue, seq) WHERE dead IS NULL;
CREATE INDEX IF NOT EXISTS message_owner ON message (owner) WHERE owner IS NOT NULL;
CREATE INDEX IF NOT EXISTS message_dead ON message (queue, seq) WHERE dead IS NOT NULL;
CREATE TABLE IF NOT EXISTS unrouted (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, at REAL NOT NULL
);
"""

# A message waits while an earlier one of its key is in the hands of another process: order holds across processes.
READY = """
SELECT seq, deliveries FROM message AS m
WHERE queue = :queue AND dead IS NULL AND due_at <= :now AND leased_until <= :now
  AND NOT EXISTS (
    SELECT 1 FROM message AS earlier INDEXED BY message_owner
    WHERE earlier.owner IS NOT NULL AND earlier.owner <> :owner AND earlier.leased_until > :now
      AND earlier.queue = m.queue AND earlier.key = m.key AND earlier.seq < m.seq)
ORDER BY seq LIMIT :limit
"""
CLAIM = """
UPDATE message AS m SET owner = :owner, leased_until = :until, deliveries = deliveries + 1
WHERE seq = :seq AND dead IS NULL AND leased_until <= :now
  AND NOT EXISTS (
    SELECT 1 FROM message AS earlier INDEXED BY message_owner
    WHERE earlier.owner IS NOT NULL AND earlier.owner <> :owner AND earlier.leased_until > :now
      AND earlier.queue = m.queue AND earlier.key = m.key AND earlier.seq < m.seq)
RETURNING seq, body, type, key, attempt, deliveries
"""
BURY = "UPDATE message SET dead = ?, owner = NULL WHERE seq = ? AND dead IS NULL AND leased_until <= ?"
NEXT_CHANGE = """
SELECT min(max(due_at, leased_until)) FROM message
WHERE queue = ? AND dead IS NULL AND (owner IS NULL OR owner <> ?)
"""
LET_GO = """
UPDATE message SET owner = NULL, leased_until = 0, due_at = ?, attempt = attempt + ?,
  deliveries = CASE ? WHEN 1 THEN 0 ELSE deliveries - 1 END
WHERE seq = ? AND owner = ?
"""
INSERT = "INSERT INTO message (queue, id, type, key, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
INSERT_UNROUTED = "INSERT INTO unrouted (id, type, key, body, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"


@dataclass(frozen=True, slots=True)
class Claim:
    """One message in hand; `deliveries` counts how often it was handed out without an answer, this time included."""

    seq: int
    key: str
    deliveries: int
    delivery: Delivery


class BusFile:
    """One connection; use it from one thread at a time. Every sqlite error comes out as `BusDown`."""

    def __init__(self, path: Path, *, durable: bool) -> None:
        """`durable`: commits survive a power cut. Publishing needs that; a lost acknowledgement only redelivers."""
        with _bus_down():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA busy_timeout = 10000")
            self._use_wal()
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            if self._one("PRAGMA user_version") == 0:
                self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = 1; COMMIT;")

    def close(self) -> None:
        self._db.close()

    def bind(self, queue: str, patterns: Iterable[str]) -> None:
        wanted = sorted(set(patterns))
        with self._write():
            self._db.execute("DELETE FROM binding WHERE queue = ?", (queue,))
            self._db.executemany("INSERT INTO binding VALUES (?, ?)", [(queue, pattern) for pattern in wanted])

    def put(self, batch: Sequence[OutgoingMessage]) -> None:
        """Store a copy a queue, all or none; an id that a queue still holds is not stored twice."""
        with self._write():
            bindings: list[tuple[str, str]] = self._db.execute("SELECT queue, pattern FROM binding").fetchall()
            for message in batch:
                queues = {queue for queue, pattern in bindings if matches(pattern, message.type)}
                facts = (message.id, message.type, message.key, message.body)
                self._db.executemany(INSERT, [(queue, *facts) for queue in sorted(queues)])
                if not queues:
                    self._db.execute(INSERT_UNROUTED, (*facts, time.time()))
                    self._db.execute(
                        "DELETE FROM unrouted WHERE seq <= (SELECT max(seq) FROM unrouted) - ?", (UNROUTED_KEPT,)
                    )

    def ready(self, queue: str, owner: str, limit: int) -> list[tuple[int, int]]:
        """What could be claimed now, oldest first: (seq, unanswered deliveries so far). Takes no lock."""
        with _bus_down():
            facts = {"queue": queue, "owner": owner, "now": time.time(), "limit": limit}
            return self._db.execute(READY, facts).fetchall()

    def claim(self, seqs: Iterable[int], owner: str, lease: float) -> list[Claim]:
        """Take these messages for `lease` seconds; fewer come back when somebody was faster."""
        now, claims = time.time(), []
        with self._write():
            for seq in seqs:
                row = self._db.execute(CLAIM, {"owner": owner, "until": now + lease, "seq": seq, "now": now}).fetchone()
                if row:
                    claims.append(_claim(row))
        return claims

    def bury(self, seqs: Iterable[int]) -> None:
        reason, now = f"delivered {DELIVERY_LIMIT} times without an answer", time.time()
        with self._write():
            self._db.executemany(BURY, [(reason, seq, now) for seq in seqs])

    def record_results(self, owner: str, outcomes: Sequence[tuple[Claim, Outcome | None]]) -> None:
        """Write down what became of messages in hand; a lease that somebody else took meanwhile is left alone."""
        now = time.time()
        done = [(claim.seq, owner) for claim, outcome in outcomes if isinstance(outcome, Done)]
        rest = [_let_go(claim, outcome, now, owner) for claim, outcome in outcomes if not isinstance(outcome, Done)]
        with self._write():
            self._db.executemany("DELETE FROM message WHERE seq = ? AND owner = ?", done)
            self._db.executemany(LET_GO, rest)

    def renew(self, owner: str, lease: float) -> None:
        with self._write():
            self._db.execute("UPDATE message SET leased_until = ? WHERE owner = ?", (time.time() + lease, owner))

    def next_change(self, queue: str, owner: str) -> float | None:
        """When a delayed message falls due or a stranger's lease ends, if there is one."""
        with _bus_down():
            found = self._db.execute(NEXT_CHANGE, (queue, owner)).fetchone()[0]
            return None if found is None else float(found)

    def stamp(self) -> int:
        """A number that changes when another connection commits."""
        return self._one("PRAGMA data_version")

    def dead(self, queue: str) -> list[tuple[int, Delivery, str]]:
        with _bus_down():
            rows = self._db.execute(
                "SELECT seq, body, type, attempt, dead FROM message WHERE queue = ? AND dead IS NOT NULL "
                "ORDER BY seq LIMIT 100",
                (queue,),
            ).fetchall()
        return [
            (seq, Delivery(body=body, type=topic, attempt=attempt, redelivered=True), reason)
            for seq, body, topic, attempt, reason in rows
        ]

    def forget_dead(self, seq: int) -> None:
        with self._write():
            self._db.execute("DELETE FROM message WHERE seq = ? AND dead IS NOT NULL", (seq,))

    def depth(self, queue: str) -> tuple[int, int]:
        sql = "SELECT count(*) FROM message WHERE queue = ? AND dead IS "
        return self._one(sql + "NULL", queue), self._one(sql + "NOT NULL", queue)

    def unrouted(self) -> int:
        return self._one("SELECT count(*) FROM unrouted")

    def _one(self, sql: str, *values: object) -> int:
        with _bus_down():
            return int(self._db.execute(sql, values).fetchone()[0])

    def _use_wal(self) -> None:
        # Two processes that create the file together: the switch to WAL reports "locked" without waiting.
        for _ in range(100):
            try:
                if self._db.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                    return
            except sqlite3.OperationalError:
                pass
            time.sleep(0.05)
        raise BusDown("The bus file cannot use WAL; it must be on a local disk.")

    @contextmanager
    def _write(self) -> Iterator[None]:
        with _bus_down():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


@contextmanager
def _bus_down() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise BusDown(f"The bus file cannot be used: {error}.") from error


def _claim(row: tuple[int, bytes, str, str, int, int]) -> Claim:
    seq, body, topic, key, attempt, deliveries = row
    delivery = Delivery(body=body, type=topic, attempt=attempt, redelivered=deliveries > 1)
    return Claim(seq, key, deliveries, delivery)


def _let_go(claim: Claim, outcome: Outcome | None, now: float, owner: str) -> tuple[float, int, int, int, str]:
    if isinstance(outcome, Retry):
        return now + delay_after(claim.delivery.attempt), 1, 1, claim.seq, owner
    due_at = 0.0 if outcome is None else now + OUTAGE_PAUSE
    return due_at, 0, 0, claim.seq, owner
