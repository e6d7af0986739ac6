"""The first request of each process makes sure that roles and the first administrator are there."""

import threading
from collections.abc import Callable

from flask import Flask, request

# They must answer before there is anybody, and say why nobody can come in yet.
NEEDS_NOBODY = frozenset({"livez", "readyz", "metrics"})


def install_first_request(app: Flask, prepare: Callable[[], None]) -> None:
    """Call `prepare` before anything else is answered; where it fails, the next request tries again."""
    done = threading.Event()
    lock = threading.Lock()

    @app.before_request
    def prepare_once() -> None:
        if done.is_set() or request.endpoint in NEEDS_NOBODY:
            return
        with lock:
            if not done.is_set():
                prepare()
                done.set()
