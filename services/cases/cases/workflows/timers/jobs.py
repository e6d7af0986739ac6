"""What this service does because time has passed."""

import logging
from datetime import timedelta

from cases.workflows.timers.actions import due_timers, fire_timer, put_off
from servicekit.errors import Unavailable
from servicekit.runtime.jobs import Jobs, Work

log = logging.getLogger(__name__)

FAILED_AGAIN = timedelta(minutes=5)

jobs = Jobs()


@jobs.every(seconds=1)
def fire_due_timers(work: Work) -> int:
    """Each timer in a transaction of its own: one that fails holds back no other, and comes again in five minutes."""
    now = work.now()
    with work.database.read() as session:
        ids = due_timers(session, now=now)
    fired = 0
    for timer_id in ids:
        if work.is_stopping():
            break
        try:
            with work.database.write() as session:
                fired += fire_timer(session, timer_id, now=now)
        except Unavailable:
            raise
        except Exception:
            log.exception("a timer could not fire", extra={"timer_id": timer_id})
            with work.database.write() as session:
                put_off(session, timer_id, until=now + FAILED_AGAIN)
    return fired
