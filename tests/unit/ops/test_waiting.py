"""Patience: it lasts while anything moves, and then says what was waited for."""

import os
import subprocess
import sys
import time
from itertools import count

import pytest

from ops import waiting
from ops.waiting import Patience, Stalled, wait_for

# On a busy machine Python itself needs a second to start.
STARTS_WITHIN = 3
WORKER = "import time; end = time.monotonic() + float(__import__('sys').argv[1])\nwhile time.monotonic() < end: pass"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at processes from the beginning, not only after some seconds."""
    monkeypatch.setattr(waiting, "SHORT_SECONDS", 0.0)


def test_what_is_so_already_is_not_waited_for() -> None:
    began = time.monotonic()
    assert wait_for(lambda: "there", "it is there") == "there"
    assert time.monotonic() - began < 10


def test_where_nothing_moves_it_says_what_was_waited_for_and_what_was_seen_last() -> None:
    with pytest.raises(Stalled, match=r"nothing has moved for \d+ s: the mail arrives\. Last seen: 3 letters\."):
        wait_for(lambda: False, "the mail arrives", progress=lambda: "3 letters", processes=[], patience=0.3)


def test_as_long_as_something_changes_it_goes_on() -> None:
    numbers = count()
    began = time.monotonic()
    wait_for(lambda: time.monotonic() > began + 1, "a second is over", progress=lambda: next(numbers), patience=0.3)


@pytest.mark.usefixtures("hasty")
def test_as_long_as_the_processes_work_it_goes_on() -> None:
    with subprocess.Popen([sys.executable, "-c", WORKER, "5"]) as worker:
        wait_for(lambda: worker.poll() is not None, "it has worked", processes=[worker.pid], patience=STARTS_WITHIN)


@pytest.mark.usefixtures("hasty")
def test_the_work_of_a_child_of_a_process_counts() -> None:
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {WORKER!r}, '5'])"
    with subprocess.Popen([sys.executable, "-c", parent]) as worker:
        wait_for(lambda: worker.poll() is not None, "it has worked", processes=[worker.pid], patience=STARTS_WITHIN)


@pytest.mark.usefixtures("hasty")
def test_processes_that_sleep_are_not_waited_for() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as sleeper:
        try:
            with pytest.raises(Stalled, match=r"used 0\.\d s of processor time"):
                wait_for(lambda: sleeper.poll() is not None, "it ends", processes=[sleeper.pid], patience=1)
        finally:
            sleeper.kill()


@pytest.mark.usefixtures("hasty")
def test_processes_that_go_round_in_circles_are_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST_SECONDS", 1.0)
    with subprocess.Popen([sys.executable, "-c", WORKER, "60"]) as spinner:
        try:
            with pytest.raises(Stalled, match="it ends"):
                wait_for(lambda: spinner.poll() is not None, "it ends", processes=[spinner.pid], patience=0.4)
        finally:
            spinner.kill()


@pytest.mark.usefixtures("hasty")
def test_what_the_question_itself_costs_is_no_progress() -> None:
    def busy() -> bool:
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass
        return False

    patience = Patience("never", processes=[os.getpid()])
    for _ in range(5):
        assert not busy()
        patience.pause()
    assert patience._worked < 0.5, "a second was spent on the question"
