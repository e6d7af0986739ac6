"""The circuit breaker: when it lets tries through, and how many."""

import threading
import time

import pytest

from servicekit.circuit_breaker import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    LOST_PROBE_SECONDS,
    THRESHOLD,
    CircuitBreaker,
    CircuitState,
)


class ManualClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def opened(clock: ManualClock) -> CircuitBreaker:
    breaker = CircuitBreaker(clock=clock)
    for _ in range(THRESHOLD):
        breaker.failed()
    return breaker


def test_it_opens_after_failures_in_a_row_and_lets_one_probe_through() -> None:
    clock = ManualClock()
    breaker = CircuitBreaker(clock=clock)
    for _ in range(THRESHOLD):
        assert breaker.may_pass()
        breaker.failed()
    assert (breaker.state, breaker.may_pass()) == (CircuitState.OPEN, False)
    clock.at += FIRST_PAUSE
    assert breaker.state is CircuitState.HALF_OPEN
    assert [breaker.may_pass(), breaker.may_pass()] == [True, False]
    breaker.succeeded()
    assert (breaker.state, breaker.may_pass()) == (CircuitState.CLOSED, True)


def test_it_waits_longer_after_each_failed_probe_up_to_a_limit() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    pauses = []
    for _ in range(8):
        pauses.append(breaker.seconds_left())
        clock.at += breaker.seconds_left()
        assert breaker.may_pass()
        breaker.failed()
    assert pauses[:3] == pytest.approx([FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE])
    assert max(pauses) == LONGEST_PAUSE


def test_one_success_forgives_failures_that_were_not_in_a_row() -> None:
    breaker = CircuitBreaker()
    for _ in range(3 * THRESHOLD):
        breaker.failed()
        breaker.succeeded()
    assert breaker.state is CircuitState.CLOSED


def test_a_probe_that_its_caller_gave_up_is_followed_by_another() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.at += FIRST_PAUSE
    assert breaker.may_pass()
    breaker.gave_up()
    assert breaker.may_pass()


def test_a_probe_that_never_reports_is_replaced_after_a_minute() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.at += FIRST_PAUSE
    assert breaker.may_pass()
    clock.at += LOST_PROBE_SECONDS - 1
    assert (breaker.state, breaker.may_pass()) == (CircuitState.OPEN, False)
    clock.at += 1
    assert breaker.state is CircuitState.HALF_OPEN
    assert [breaker.may_pass(), breaker.may_pass()] == [True, False]


def test_of_several_tries_all_go_then_none_then_one() -> None:
    clock = ManualClock()
    breaker = CircuitBreaker(threshold=3, first_pause=5, longest_pause=60, clock=clock)
    for _ in range(3):
        assert breaker.permits(4) == 4
        breaker.failed()
    assert breaker.permits(4) == 0
    clock.at += 6
    assert breaker.permits(0) == 0, "nobody went, so the probe is still to come"
    assert [breaker.permits(4), breaker.permits(4)] == [1, 0]
    breaker.succeeded()
    assert breaker.permits(4) == 4


def test_it_knows_whether_the_server_answered_after_its_last_failure() -> None:
    breaker = CircuitBreaker()
    assert not breaker.has_just_answered
    breaker.succeeded()
    assert breaker.has_just_answered
    breaker.failed()
    assert not breaker.has_just_answered


def test_of_many_threads_one_becomes_the_probe() -> None:
    clock = ManualClock()
    breaker = opened(clock)
    clock.at += FIRST_PAUSE
    together, passed = threading.Barrier(8), []

    def attempt() -> None:
        together.wait(timeout=60)
        passed.append(breaker.may_pass())

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False] * 7 + [True]


def test_the_clock_is_the_real_one_by_default() -> None:
    breaker = CircuitBreaker()
    for _ in range(THRESHOLD):
        breaker.failed()
    begun = time.monotonic()
    while not breaker.may_pass():
        assert time.monotonic() - begun < 60
        time.sleep(0.01)
    assert time.monotonic() - begun >= FIRST_PAUSE * 0.9
