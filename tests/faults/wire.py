"""A wire between two programs that can be cut, slowed, or left hanging."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Sequence
from typing import Literal, Self

from tests.servers.tools import free_port

Mode = Literal["pass", "blackhole", "reset", "slow"]
CHUNK = 65_536
SLOW_BYTES_A_SECOND = 1024
SLOW_SECONDS = 0.3


class Wire:
    """Listens on a port of its own and passes bytes on to the first of its targets that answers."""

    def __init__(self, *targets: int) -> None:
        self.targets: Sequence[int] = targets
        self.port = free_port()
        self._mode: Mode = "pass"
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        """From a black hole nothing comes back to life: what was swallowed is gone, so the connections go with it."""
        was, self._mode = self._mode, mode
        if mode == "reset" or was == "blackhole":
            self.cut()

    def cut(self) -> None:
        """Reset every connection there is."""
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            self._open.discard(one)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._open.add(near)
        far = None if self._mode == "reset" else self._reach()
        if far is None:
            near.close()
            self._open.discard(near)
            return
        self._open.add(far)
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _reach(self) -> socket.socket | None:
        for target in self.targets:
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", target), timeout=5)
        return None

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            source.settimeout(None)
            while piece := source.recv(CHUNK):
                self._deliver(piece, sink)
        except OSError:
            pass
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            self._open.discard(one)

    def _deliver(self, piece: bytes, sink: socket.socket) -> None:
        if self._mode == "blackhole":
            return
        if self._mode == "slow":
            time.sleep(SLOW_SECONDS + len(piece) / SLOW_BYTES_A_SECOND)
        sink.sendall(piece)
