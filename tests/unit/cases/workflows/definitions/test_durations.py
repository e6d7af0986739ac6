"""Durations as people write them."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.workflows.definitions.durations import NotADuration, parse_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT4H", timedelta(hours=4)),
        ("P1DT2H30M", timedelta(days=1, hours=2, minutes=30)),
        ("P2W", timedelta(weeks=2)),
        ("PT0S", timedelta(0)),
        ("4h", timedelta(hours=4)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("2d", timedelta(days=2)),
        ("10s", timedelta(seconds=10)),
        (" 30 m ", timedelta(minutes=30)),
        ("0m", timedelta(0)),
    ],
)
def test_both_ways_of_writing_a_duration_are_read(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "soon", "4", "-4h", "P1Y", "PT1.5H", "h4", "400d", "9" * 400 + "d"]
)
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(NotADuration):
        parse_duration(text)


@given(st.text(max_size=30))
def test_any_text_is_either_a_duration_or_refused(text: str) -> None:
    with suppress(NotADuration):
        assert timedelta(0) <= parse_duration(text) <= timedelta(days=366)


@given(st.integers(0, 300), st.integers(0, 23), st.integers(0, 59))
def test_the_two_forms_mean_the_same(days: int, hours: int, minutes: int) -> None:
    assert parse_duration(f"{days}d{hours}h{minutes}m") == parse_duration(f"P{days}DT{hours}H{minutes}M")
