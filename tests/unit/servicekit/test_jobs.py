"""Jobs and their claims."""

import threading
from datetime import UTC, datetime, timedelta

from servicekit.jobs import Scheduled, Wakeups, claim_run
from servicekit.testing.harness import RunningService


def test_a_daily_job_runs_once_a_day_whoever_asks(library: RunningService) -> None:
    job = Scheduled(name="nightly", seconds=86_400, run=lambda work: 0)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    database = library.service.database
    asked = [claim_run(database, job, now=now + timedelta(hours=hours)) for hours in (0, 1, 23, 24, 25)]
    assert asked == [True, False, False, True, False]


def test_a_wake_up_between_two_waits_is_not_missed() -> None:
    wakeups = Wakeups()
    seen = wakeups.count
    wakeups.wake()
    done = threading.Event()
    threading.Thread(target=lambda: (wakeups.wait(seen, 60), done.set())).start()
    assert done.wait(50)
