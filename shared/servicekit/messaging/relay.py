"""The relay: publishes committed events from the outbox to the bus, in order, at least once, one relay a service."""

import contextlib
import fcntl
import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select, text, update
from sqlalchemy.orm import Session, aliased

from servicekit.database.engine import Database
from servicekit.database.tables import OutboxRow
from servicekit.database.types import UtcDateTime
from servicekit.failpoints import reach
from servicekit.messaging.bus import RECONNECT_SECONDS, Bus, BusDown, OutgoingMessage, Receipt

log = logging.getLogger(__name__)

# Each batch waits once for the broker's last confirm: at 200 that was a fifth of the time.
BATCH = 1000
CHANNEL = "outbox"
LONGEST_PAUSE_SECONDS, PROBE_SECONDS = 3600, 30
# A look without a reason: a commit wakes the relay by itself.
IDLE_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One look into the outbox: so many events were `taken` from it, so many of them are `published` now.

    `released`: some that were refused before got through, and others that waited for the same are due at once.
    """

    taken: int
    published: int
    released: bool = False


def publish_waiting(database: Database, bus: Bus, *, now: Callable[[], datetime], again: bool = True) -> Pass:
    """One batch: publish, await the confirms, mark. On BusDown the rows stay and go out again with the same ids.

    With `again` those that the bus refused before have their turn too, as soon as theirs is due.
    """
    with database.read() as session:
        rows = list(session.execute(_FRESH))
        if again:
            rows += session.execute(_REFUSED, {"now": now()})
    if not rows:
        return Pass(taken=0, published=0)
    reach("relay-before-publish")
    receipt = bus.publish(
        [OutgoingMessage(id=r.event_id, type=r.type, body=r.envelope.encode(), key=r.aggregate_id) for r in rows]
    )
    reach("relay-after-confirm")
    with database.write() as session:
        _mark(session, rows, receipt, now=now())
        released = _release_waiting(session, rows, receipt, now=now())
    for reason, event_id in {reason: event_id for event_id, reason in receipt.refused.items()}.items():
        count = sum(one == reason for one in receipt.refused.values())
        log.error("events refused by the bus", extra={"count": count, "event_id": event_id, "reason": reason})
    return Pass(taken=len(rows), published=len(receipt.confirmed), released=released)


def _unpublished(condition: ColumnElement[bool]) -> Select[str, str, str, str, int, str | None]:
    """A refused event holds back the later ones of its aggregate until it is through, and nobody else's."""
    earlier = aliased(OutboxRow)
    is_held = exists().where(
        earlier.aggregate_id == OutboxRow.aggregate_id,
        earlier.attempts > text("0"),  # as the index has it
        earlier.published_at.is_(None),
        earlier.id < OutboxRow.id,
    )
    query = select(
        OutboxRow.event_id,
        OutboxRow.type,
        OutboxRow.envelope,
        OutboxRow.aggregate_id,
        OutboxRow.attempts,
        OutboxRow.last_error,
    ).where(OutboxRow.published_at.is_(None), condition, ~is_held)
    return query.order_by(OutboxRow.id).limit(BATCH)


# Built once: building them costs several times what PostgreSQL needs to answer.
_FRESH = _unpublished(OutboxRow.next_try_at.is_(None))
_REFUSED = _unpublished(
    and_(OutboxRow.attempts > text("0"), OutboxRow.next_try_at <= bindparam("now", type_=UtcDateTime()))
)


def _mark(session: Session, rows: Sequence[Any], receipt: Receipt, *, now: datetime) -> None:
    if receipt.confirmed:
        session.execute(
            update(OutboxRow).where(OutboxRow.event_id.in_(receipt.confirmed)).values(published_at=now),
            execution_options={"synchronize_session": False},
        )
    seen: set[str] = set()
    refusals = []
    for row in rows:
        if (reason := receipt.refused.get(row.event_id)) is not None:
            refusals.append(_refusal(row, reason, now, is_probe=reason not in seen))
            seen.add(reason)
    if refusals:
        session.connection().execute(_REFUSE, refusals)


_REFUSE = (
    update(OutboxRow.__table__)  # type: ignore[arg-type] # a declarative class's table is one
    .where(OutboxRow.event_id == bindparam("of"))
    .values(attempts=bindparam("tries"), last_error=bindparam("reason"), next_try_at=bindparam("again_at"))
)


def _refusal(row: Any, reason: str, now: datetime, *, is_probe: bool) -> dict[str, Any]:
    """Ever longer: each try of an event that one queue refuses reaches all others that want it once more.

    The first of a batch comes back sooner: when it gets through, the others need not wait any longer.
    """
    longest = PROBE_SECONDS if is_probe else LONGEST_PAUSE_SECONDS
    pause = timedelta(seconds=min(2 ** min(row.attempts + 1, 12), longest))
    return {"of": row.event_id, "tries": row.attempts + 1, "reason": reason, "again_at": now + pause}


def _release_waiting(session: Session, rows: Sequence[Any], receipt: Receipt, *, now: datetime) -> bool:
    """Where one that was refused before is through, and none is refused for that reason now, the next ones are due.

    No more than a batch: the room may be small.
    """
    over = {row.last_error for row in rows if row.attempts and row.event_id in receipt.confirmed}
    if not (over := over - set(receipt.refused.values())):
        return False
    waiting = select(OutboxRow.id).where(
        OutboxRow.attempts > text("0"),
        OutboxRow.published_at.is_(None),
        OutboxRow.next_try_at > now,
        OutboxRow.last_error.in_(over),
    )
    result = session.execute(
        update(OutboxRow).where(OutboxRow.id.in_(waiting.order_by(OutboxRow.id).limit(BATCH))).values(next_try_at=now),
        execution_options={"synchronize_session": False},
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def backlog(session: Session) -> tuple[int, datetime | None]:
    """How many facts wait, and since when the oldest does."""
    count, oldest = session.execute(
        select(func.count(), func.min(OutboxRow.occurred_at)).where(OutboxRow.published_at.is_(None))
    ).one()
    return count, oldest


class Waker(Protocol):
    """Wakes the relay soon after a commit in any process."""

    def wait(self, seconds: float) -> None:
        """Sleep up to this long, less when something was committed."""

    def wake(self) -> None:
        """Called in the same process."""


@contextlib.contextmanager
def leadership(database: Database) -> Iterator[Waker | None]:
    """Be the only relay of this service while inside; None when another process is it."""
    if database.is_sqlite:
        with _file_leadership(database) as waker:
            yield waker
    else:
        with _postgres_leadership(database) as waker:
            yield waker


@contextlib.contextmanager
def _file_leadership(database: Database) -> Iterator[Waker | None]:
    with open(f"{database.url.database}.relay", "w", encoding="utf-8") as file:  # noqa: PTH123 - a lock, not a document
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        connection = sqlite3.connect(f"{database.url.database}", check_same_thread=False)
        try:
            yield _SqliteWaker(connection)
        finally:
            connection.close()


class _SqliteWaker:
    """`PRAGMA data_version` changes when another connection commits; asking costs some microseconds."""

    step = 0.015

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version = self._read()
        self._event = threading.Event()

    def _read(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def wake(self) -> None:
        self._event.set()

    def wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._event.wait(self.step):
            if (version := self._read()) != self._version:
                self._version = version
                break
        self._event.clear()


@contextlib.contextmanager
def _postgres_leadership(database: Database) -> Iterator[Waker | None]:
    # A connection of its own: the lock lives as long as this session, and LISTEN needs one that is not pooled.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(hashtext(:name))"), {"name": CHANNEL}):
            yield None
            return
        connection.execute(text(f"LISTEN {CHANNEL}"))
        try:
            yield _PostgresWaker(connection.connection.driver_connection)
        finally:
            connection.invalidate()


class _PostgresWaker:
    """LISTEN; NOTIFY comes in a transaction of its own: inside the business one it would halve the commit rate."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def wake(self) -> None:
        """Nothing to do: the notification arrives by the connection."""

    def wait(self, seconds: float) -> None:
        for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            break
        for _ in self._connection.notifies(timeout=0):
            pass  # all of them say the same: look


def notify(database: Database) -> None:
    """After a commit: wake the relay, wherever it runs. Best effort, since it looks by itself as well."""
    if database.is_sqlite:
        return
    with contextlib.suppress(Exception), database.reading.connect() as connection:
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


class Relay:
    """The loop around `publish_waiting`: leads or waits to lead, and backs off while the bus is down."""

    def __init__(self, database: Database, bus: Bus, *, now: Callable[[], datetime], stop: threading.Event) -> None:
        self._database, self._bus, self._now, self._stop = database, bus, now, stop
        self._waker: Waker | None = None

    def wake(self) -> None:
        """Something was committed in this process."""
        if self._waker is not None:
            self._waker.wake()

    def run(self) -> None:
        """Until stopped."""
        while not self._stop.is_set():
            try:
                with leadership(self._database) as waker:
                    if waker is None:
                        self._stop.wait(1)
                        continue
                    self._waker = waker
                    self._lead(waker)
            except Exception:
                log.exception("the relay lost its database")
                self._stop.wait(1)
            finally:
                self._waker = None

    def _lead(self, waker: Waker) -> None:
        pause, look_again_at = IDLE_SECONDS, 0.0
        while not self._stop.is_set():
            again = time.monotonic() >= look_again_at
            if again:
                look_again_at = time.monotonic() + IDLE_SECONDS
            try:
                done = publish_waiting(self._database, self._bus, now=self._now, again=again)
            except BusDown as error:
                log.warning("the bus is down, events wait in the outbox", extra={"reason": str(error)})
                pause = min(pause * 2, RECONNECT_SECONDS)
                self._stop.wait(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter
                continue
            pause = IDLE_SECONDS
            # What was committed since the last look has said so: the wait ends at once.
            if done.released:
                look_again_at = 0.0
            elif done.taken < BATCH or done.published == 0:
                waker.wait(IDLE_SECONDS)
