"""Read-your-writes across services: a short wait for an event that is on its way."""

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from servicekit.db import Database

PATIENCE_SECONDS = 2.0
STEP_SECONDS = 0.025


def wait_until(database: Database, is_known: Callable[[Session], bool]) -> bool:
    """Ask until it is true or the patience ends; each time in a transaction of its own, so that no lock is held."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with database.read() as session:
            if is_known(session):
                return True
        if time.monotonic() > deadline:
            return False
        time.sleep(STEP_SECONDS)
