"""The job of timers: those that are due fire."""

import logging
from datetime import timedelta

from cases.workflows.timers.actions import fire_timer, postpone_timer
from cases.workflows.timers.queries import due_timer_ids
from servicekit.errors import Unavailable
from servicekit.jobs import Jobs, Work

log = logging.getLogger(__name__)

RETRY_AFTER_FAILURE = timedelta(minutes=5)

jobs = Jobs()


@jobs.every(seconds=1)
def fire_due_timers(work: Work) -> int:
    """Each timer in a transaction of its own: one that fails holds back no other, and comes again in five minutes."""
    by = work.by()
    with work.database.read() as session:
        ids = due_timer_ids(session, now=by.now)
    fired = 0
    for timer_id in ids:
        if work.is_stopping():
            break
        try:
            with work.database.write() as session:
                fired += fire_timer(session, timer_id, by=by)
        except Unavailable:
            raise
        except Exception:
            log.exception("a timer could not fire", extra={"timer_id": timer_id})
            with work.database.write() as session:
                postpone_timer(session, timer_id, by=by, until=by.now + RETRY_AFTER_FAILURE)
    return fired
