"""The circuit breaker of the gateway's upstreams."""

import time

import pytest

from gateway.breaker import FIRST_PAUSE, LONGEST_PAUSE, THRESHOLD, Breaker, State
from tests.unit.gateway.conftest import ManualClock


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through():
    clock = ManualClock()
    breaker = Breaker(clock=clock)
    for _ in range(THRESHOLD):
        assert breaker.may_pass()
        breaker.failed()
    assert (breaker.state, breaker.may_pass()) == (State.OPEN, False)
    clock.at += FIRST_PAUSE
    assert breaker.state is State.HALF_OPEN
    assert [breaker.may_pass(), breaker.may_pass()] == [True, False]
    breaker.succeeded()
    assert (breaker.state, breaker.may_pass()) == (State.CLOSED, True)


def test_the_breaker_waits_longer_after_each_failed_probe_up_to_a_limit():
    clock = ManualClock()
    breaker = Breaker(clock=clock)
    for _ in range(THRESHOLD):
        breaker.failed()
    pauses = []
    for _ in range(8):
        pauses.append(breaker.seconds_left())
        clock.at += breaker.seconds_left()
        assert breaker.may_pass()
        breaker.failed()
    assert pauses[:3] == pytest.approx([FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE])
    assert max(pauses) == LONGEST_PAUSE


def test_one_success_forgives_failures_that_were_not_in_a_row():
    breaker = Breaker()
    for _ in range(3 * THRESHOLD):
        breaker.failed()
        breaker.succeeded()
    assert breaker.state is State.CLOSED


def test_a_probe_that_its_caller_gave_up_is_followed_by_another():
    clock = ManualClock()
    breaker = Breaker(clock=clock)
    for _ in range(THRESHOLD):
        breaker.failed()
    clock.at += FIRST_PAUSE
    assert breaker.may_pass()
    breaker.gave_up()
    assert breaker.may_pass()


def test_the_clock_of_the_breaker_is_the_real_one_by_default():
    breaker = Breaker()
    for _ in range(THRESHOLD):
        breaker.failed()
    begun = time.monotonic()
    while not breaker.may_pass():
        assert time.monotonic() - begun < 5
        time.sleep(0.01)
    assert time.monotonic() - begun >= FIRST_PAUSE * 0.9
