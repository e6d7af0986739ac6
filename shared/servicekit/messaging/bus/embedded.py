"""The bus in one SQLite file: for a laptop, a small office and the tests; no server, the same promises."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from servicekit.messaging.bus.contract import (
    DELIVERY_LIMIT,
    RECONNECT_SECONDS,
    SUSPECT_AFTER,
    BusDown,
    Delivery,
    Depth,
    Handler,
    Outage,
    Outcome,
    OutgoingMessage,
    Receipt,
    too_large,
)
from servicekit.messaging.bus.embedded_file import BusFile, Claim
from servicekit.messaging.bus.partitions import (
    DRAIN_SECONDS,
    IN_HAND,
    PartitionedExecutor,
    Subscription,
    key_of,
    run_handler,
)

log = logging.getLogger(__name__)

LEASE_SECONDS = 10.0
POLL_SECONDS = 0.015
LOOK_ANYWAY_SECONDS = 1.0
"""A look without a reason: should a change ever go unnoticed, it is found within this time."""


class EmbeddedBus:
    """See `contract.Bus`. Order within a key holds across processes too; a dead process's messages return in 10 s."""

    def __init__(self, path: Path, *, lease: float = LEASE_SECONDS) -> None:
        self._path, self._lease = path, lease
        self._lock = threading.Lock()
        self._file: BusFile | None = None

    @classmethod
    def at(cls, url: str) -> Self:
        """`embedded:////absolute/bus.db`, with `?lease=2` for seconds until a dead process's messages return."""
        parts = urlsplit(url)
        lease = parse_qs(parts.query).get("lease", [str(LEASE_SECONDS)])[0]
        return cls(Path(unquote(parts.path.removeprefix("/"))), lease=float(lease))

    def declare(self, service: str, types: Iterable[str]) -> None:
        with self._shared() as file:
            file.bind(service, types)

    def publish(self, batch: Sequence[OutgoingMessage], *, timeout: float = 30) -> Receipt:  # noqa: ARG002 - the bus's signature; the file's own lock wait is 10 s
        refused = too_large(batch)
        accepted = [message for message in batch if message.id not in refused]
        if accepted:
            with self._shared() as file:
                file.put(accepted)
        return Receipt(confirmed=frozenset(message.id for message in accepted), refused=refused)

    def consume(
        self,
        service: str,
        handler: Handler,
        *,
        stop: threading.Event,
        threads: int = 4,
        order_key: Callable[[Delivery], str],
        together: Callable[[Sequence[Delivery]], bool] | None = None,
    ) -> None:
        subscription = Subscription(
            service=service, handler=handler, stop=stop, threads=threads, order_key=order_key, together=together
        )
        _Consumer(self._path, self._lease, subscription).run()

    def consume_ready(self, service: str, handler: Handler, *, limit: int = 1000) -> int:
        owner, count = _new_owner(), 0
        while count < limit and (claim := self._claim_one(service, owner)):
            outcome = run_handler(handler, claim.delivery)
            with self._shared() as file:
                file.record_results(owner, [(claim, outcome)])
            if isinstance(outcome, Outage):
                break
            count += 1
        return count

    def drain_dead(self, service: str, sink: Callable[[Delivery, str], None]) -> int:
        count = 0
        while True:
            with self._shared() as file:
                rows = file.dead(service)
            for seq, delivery, reason in rows:
                sink(delivery, reason)
                with self._shared() as file:
                    file.forget_dead(seq)
            count += len(rows)
            if not rows:
                return count

    def depth(self, service: str) -> Depth:
        with self._shared() as file:
            waiting, dead = file.depth(service)
        return Depth(waiting=waiting, dead=dead)

    def unrouted(self) -> int:
        with self._shared() as file:
            return file.unrouted()

    def check(self) -> None:
        with self._shared() as file:
            file.stamp()

    def close(self) -> None:
        with self._lock:
            if self._file:
                self._file.close()
            self._file = None

    def _claim_one(self, service: str, owner: str) -> Claim | None:
        with self._shared() as file:
            for seq, deliveries in file.ready(service, owner, 1):
                if deliveries < DELIVERY_LIMIT:
                    return next(iter(file.claim([seq], owner, self._lease)), None)
                file.bury([seq])
        return None

    @contextmanager
    def _shared(self) -> Iterator[BusFile]:
        with self._lock:
            if self._file is None:
                self._file = BusFile(self._path, durable=True)
            yield self._file


def _new_owner() -> str:
    return f"{os.getpid()}-{uuid4().hex}"


class _Consumer:
    """One thread owns the file and deals out; partitions handle; what they answer is written down in batches."""

    def __init__(self, path: Path, lease: float, subscription: Subscription) -> None:
        self._path, self._lease = path, lease
        self._queue, self._stop, self._order_key = subscription.service, subscription.stop, subscription.order_key
        self._owner = _new_owner()
        self._room = IN_HAND * subscription.threads
        self._in_hand: dict[int, Claim] = {}
        self._answers: SimpleQueue[tuple[Claim, Outcome | None]] = SimpleQueue()
        self._unrecorded: list[tuple[Claim, Outcome | None]] = []
        self._partitions: PartitionedExecutor[Claim] = PartitionedExecutor(
            subscription, record_result=lambda claim, outcome: self._answers.put((claim, outcome))
        )
        self._seen = -1
        self._look_at = 0.0
        self._renew_at = 0.0

    def run(self) -> None:
        pause = 0.2
        while not self._stop.is_set():
            try:
                self._serve()
                pause = 0.2
            except BusDown as error:
                log.warning("the bus is down: %s", error)
                self._stop.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
                pause = min(pause * 2, RECONNECT_SECONDS)
        self._partitions.finish()
        self._drain(time.monotonic() + DRAIN_SECONDS)

    def _serve(self) -> None:
        file = BusFile(self._path, durable=False)
        try:
            self._seen = -1
            while not self._stop.is_set():
                self._record_result(file)
                self._deal(file)
                self._wait()
        finally:
            file.close()

    def _drain(self, deadline: float) -> None:
        """Keep the leases until running handlers have answered. Without the file their messages come again, later."""
        try:
            file = BusFile(self._path, durable=False)
            try:
                while self._partitions.are_busy and time.monotonic() < deadline:
                    self._wait()
                    self._record_result(file)
                self._record_result(file)
            finally:
                file.close()
        except BusDown as error:
            log.warning("the last answers were lost: %s", error)
            self._partitions.wait(deadline - time.monotonic())

    def _record_result(self, file: BusFile) -> None:
        while True:
            try:
                self._unrecorded.append(self._answers.get_nowait())
            except Empty:
                break
        if self._unrecorded:
            file.record_results(self._owner, self._unrecorded)
            for claim, _ in self._unrecorded:
                self._in_hand.pop(claim.seq, None)
            self._unrecorded = []
            self._look_at = 0.0
        if self._in_hand and time.time() >= self._renew_at:
            file.renew(self._owner, self._lease)
            self._renew_at = time.time() + self._lease / 5

    def _deal(self, file: BusFile) -> None:
        stamp = file.stamp()
        if stamp == self._seen and time.time() < self._look_at:
            return
        self._seen = stamp
        free = self._room - len(self._in_hand)
        seqs = self._choose(file, file.ready(self._queue, self._owner, free)) if free else []
        for claim in file.claim(seqs, self._owner, self._lease) if seqs else []:
            self._in_hand[claim.seq] = claim
            self._partitions.give(claim, claim.delivery, key_of(self._order_key, claim.delivery))
        change = file.next_change(self._queue, self._owner)
        anyway = time.time() + LOOK_ANYWAY_SECONDS
        self._look_at = min(anyway, max(change or anyway, time.time() + POLL_SECONDS))

    def _choose(self, file: BusFile, ready: list[tuple[int, int]]) -> list[int]:
        """The next messages to take. One that may have killed a process goes alone, one that surely does goes away."""
        hopeless = [seq for seq, deliveries in ready if deliveries >= DELIVERY_LIMIT]
        if hopeless:
            file.bury(hopeless)
            ready = [entry for entry in ready if entry[0] not in hopeless]
        if any(claim.deliveries > SUSPECT_AFTER for claim in self._in_hand.values()):
            return []
        chosen: list[int] = []
        for seq, deliveries in ready:
            if deliveries >= SUSPECT_AFTER:
                return chosen or ([] if self._in_hand else [seq])
            chosen.append(seq)
        return chosen

    def _wait(self) -> None:
        """Until a handler answers or it is time to look at the file again."""
        try:
            self._unrecorded.append(self._answers.get(timeout=POLL_SECONDS))
        except Empty:
            return
