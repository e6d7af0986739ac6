"""What this service does because time has passed."""

from cases.workflows.timers.actions import due_timers, fire_timer
from servicekit.jobs import Jobs, Work

jobs = Jobs("cases")


@jobs.every(seconds=1)
def fire_due_timers(work: Work) -> int:
    """Each timer in a transaction of its own: one that fails holds back no other."""
    now = work.now()
    with work.database.read() as session:
        ids = due_timers(session, now=now)
    fired, failures = 0, []
    for timer_id in ids:
        if work.is_stopping():
            break
        try:
            with work.database.write() as session:
                fired += fire_timer(session, timer_id, now=now)
        except Exception as failure:  # noqa: BLE001 - raised below, after the others had their turn
            failures.append(failure)
    if failures:
        raise ExceptionGroup("timers that could not be fired", failures)
    return fired
