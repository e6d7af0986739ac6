"""Read-your-writes across services: a short wait for an event that is on its way."""

import threading
import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from servicekit.database.engine import Database

PATIENCE_SECONDS = 2.0
STEP_SECONDS = 0.025


# Waiting holds a thread: where many ask for what does not exist, the others are not kept waiting for it.
_waiting = threading.BoundedSemaphore(2)


def wait_until(database: Database, is_known: Callable[[Session], bool]) -> bool:
    """Ask until it is true or the patience ends; each time in a transaction of its own, so that no lock is held.

    At most two requests of a process wait at the same time; the next is answered by what is known now.
    """
    if _ask(database, is_known):
        return True
    if not _waiting.acquire(blocking=False):
        return False
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            time.sleep(STEP_SECONDS)
            if _ask(database, is_known):
                return True
        return False
    finally:
        _waiting.release()


def _ask(database: Database, is_known: Callable[[Session], bool]) -> bool:
    with database.read() as session:
        return is_known(session)
