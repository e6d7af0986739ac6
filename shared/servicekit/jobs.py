"""Jobs: what a service does because time has passed, by a schedule of their own."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from servicekit.actor import Actor
from servicekit.context import current_trace
from servicekit.database.engine import Database
from servicekit.database.tables import JobRun
from servicekit.database.upsert import insert_if_absent

GATHER_SECONDS = 0.1
"""What is committed so soon after a wake-up is done by the same look."""


class Wakeups:
    """Lets jobs sleep until something is committed in this process; none that happens between two waits is missed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.count = 0

    def wake(self) -> None:
        """Something was committed."""
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        """Sleep this long, or until there was a wake-up after `seen`; what follows it closely is one with it."""
        with self._changed:
            woken = self._changed.wait_for(lambda: self.count != seen, seconds)
        if woken:
            time.sleep(GATHER_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a job works with. It opens its own transactions, because some must commit before and after a side effect."""

    database: Database
    settings: Any
    now: Callable[[], datetime]
    is_stopping: Callable[[], bool]

    def by(self) -> Actor:
        """The clock as the actor of an action, at this moment."""
        return Actor.system(now=self.now(), cause=current_trace().correlation_id)


Job = Callable[[Work], int]


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """A job and how often it looks."""

    name: str
    seconds: float
    run: Job

    @property
    def is_exclusive(self) -> bool:
        """Rare jobs run in one worker at a time and once a period; frequent ones claim their rows themselves."""
        return self.seconds >= 60  # noqa: PLR2004 - a minute


class Jobs:
    """The jobs of one sub-domain, or of a whole service."""

    def __init__(self) -> None:
        self.scheduled: list[Scheduled] = []

    def every(self, *, seconds: float) -> Callable[[Job], Job]:
        """Run it this often; a run that did something (returned more than 0) is followed by the next at once."""

        def register(job: Job) -> Job:
            self.scheduled.append(Scheduled(name=job.__name__, seconds=seconds, run=job))
            return job

        return register


def claim_run(database: Database, job: Scheduled, *, now: datetime) -> bool:
    """May this worker run an exclusive job now? True for one worker in each period, also across restarts."""
    due = now - timedelta(seconds=job.seconds)
    with database.write() as session:
        is_new = insert_if_absent(session, JobRun, name=job.name, started_at=now)
        if is_new:
            return True
        changed = session.execute(
            update(JobRun).where(JobRun.name == job.name, JobRun.started_at <= due).values(started_at=now)
        )
        return bool(changed.rowcount)  # type: ignore[attr-defined]
