"""The load generator, a process of its own: `load.py SPEC.json` warms up, says so, waits for `go`, says what it saw.

It sends bytes that were made before and looks only at status and length of an answer, so that it costs little.
"""

from __future__ import annotations

import contextlib
import json
import re
import selectors
import socket
import sys
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PATIENCE_SECONDS = 30.0
PIECE = 262_144
NO_BODY = frozenset({204, 304})
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class LoadError(Exception):
    """The load could not be put on; the text says why."""


class Answer:
    """One answer as it arrives, piece by piece."""

    def __init__(self) -> None:
        self.received = b""
        self._whole = 0

    @property
    def status(self) -> int:
        return int(self.received[9:12])

    def take(self, piece: bytes) -> bool:
        """Is it complete now?"""
        self.received += piece
        if not self._whole:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return False
            self._whole = end + 4 + self._length(end)
        return len(self.received) >= self._whole

    def _length(self, end: int) -> int:
        if self.status in NO_BODY:
            return 0
        found = _LENGTH.search(self.received, 0, end + 2)
        if found is None:
            raise LoadError(f"an answer without a length: {self.received[:300]!r}")
        return int(found[1])


class Line:
    """One connection that is kept; it carries one request at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = Answer()
        self.since = 0.0

    def ask(self, request: bytes, since: float) -> None:
        self.answer, self.since = Answer(), since
        self.socket.sendall(request)

    def receive(self) -> bool:
        piece = self.socket.recv(PIECE)
        if not piece:
            raise LoadError(f"the connection was closed in the middle of: {self.answer.received[:300]!r}")
        return self.answer.take(piece)


class Load:
    """All connections of one load, and what came back by them."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._expects: int = spec["expects"]
        self._rate: float = spec["rate"]
        self._requests = self._supply([text.encode("latin-1") for text in spec["requests"]], once=spec["once"])
        self._lines = [Line(spec["port"]) for _ in range(spec["concurrency"])]
        self._selector = selectors.DefaultSelector()
        for line in self._lines:
            self._selector.register(line.socket, selectors.EVENT_READ, line)
        self.seconds = array("d")

    @staticmethod
    def _supply(requests: list[bytes], *, once: bool) -> Iterator[bytes]:
        while True:
            yield from requests
            if once:
                raise LoadError(f"{len(requests)} requests were not enough")

    def run(self, seconds: float) -> float:
        """Put it on for so long; returns when every request was answered, with the seconds that it took."""
        self.seconds = array("d")
        started = time.perf_counter()
        self._run_paced(started, seconds) if self._rate else self._run_closed(started + seconds)
        return time.perf_counter() - started

    def _run_closed(self, deadline: float) -> None:
        """Every connection asks again as soon as it was answered."""
        for line in self._lines:
            line.ask(next(self._requests), time.perf_counter())
        busy = len(self._lines)
        while busy:
            for line in self._answered(PATIENCE_SECONDS):
                now = time.perf_counter()
                if now < deadline:
                    line.ask(next(self._requests), now)
                else:
                    busy -= 1

    def _run_paced(self, started: float, seconds: float) -> None:
        """So many a second, whatever comes back; the time of an answer counts from when its request was due."""
        idle, sent, wanted = list(self._lines), 0, int(seconds * self._rate)
        while len(self.seconds) < wanted:
            now = time.perf_counter()
            while idle and sent < wanted and (due := started + sent / self._rate) <= now:
                idle.pop().ask(next(self._requests), due)
                sent += 1
            is_waiting = idle and sent < wanted
            pause = max(0.0, started + sent / self._rate - now) if is_waiting else PATIENCE_SECONDS
            idle += self._answered(pause, may_be_none=bool(is_waiting))

    def _answered(self, within: float, *, may_be_none: bool = False) -> list[Line]:
        """Those whose answer is complete; its status was the right one."""
        ready = self._selector.select(within)
        if not ready and not may_be_none:
            raise LoadError(f"no answer within {within:.0f} s")
        done = []
        for key, _ in ready:
            line: Line = key.data
            if line.receive():
                self.seconds.append(time.perf_counter() - line.since)
                if line.answer.status != self._expects:
                    raise LoadError(
                        f"wanted {self._expects}, got {line.answer.received[:1500].decode(errors='replace')}"
                    )
                done.append(line)
        return done


def main(path: str) -> None:
    spec = json.loads(Path(path).read_text())
    try:
        load = Load(spec)
        load.run(spec["warm_seconds"])
        print(json.dumps({"state": "warm", "answers": len(load.seconds)}), flush=True)
        sys.stdin.readline()
        cpu = time.process_time()
        took = load.run(spec["seconds"])
        cpu = time.process_time() - cpu
        print(json.dumps({"state": "done", "took": took, "cpu": cpu, "seconds": list(load.seconds)}), flush=True)
    except (LoadError, OSError) as error:
        with contextlib.suppress(BrokenPipeError):  # whoever wanted to know may be gone
            print(json.dumps({"state": "failed", "why": str(error)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
