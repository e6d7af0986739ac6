"""Names on the bus and who may touch which."""

from __future__ import annotations

import pytest

from servicekit.messaging.bus import (
    topology,
)
from servicekit.messaging.bus.topics import matches


@pytest.mark.parametrize(
    ("pattern", "topic", "is_match"),
    [
        ("thing.made.v1", "thing.made.v1", True),
        ("thing.made.v1", "thing.made.v10", False),
        ("thing.*.v1", "thing.made.v1", True),
        ("thing.*", "thing.made.v1", False),
        ("thing.#", "thing.made.v1", True),
        ("thing.#", "thing", True),
        ("thing.#", "things", False),
        ("#.v1", "v1", True),
        ("#.v1", "thing.made.v1", True),
        ("#", "", True),
        ("*", "thing.made", False),
        ("thing.#.v1", "thing.v1", True),
        ("t+.made", "tt.made", False),
    ],
)
def test_patterns_match_as_in_rabbitmq(pattern: str, topic: str, is_match: bool) -> None:
    assert matches(pattern, topic) is is_match


def test_a_waiting_room_is_named_after_its_delay() -> None:
    names = [topology.retry_queue(delay) for delay in (0.2, 1.5, 5, 30, 120, 600, 3600)]
    assert names == [f"crm.retry.{label}.v1" for label in ("200ms", "1500ms", "5s", "30s", "2m", "10m", "1h")]


def test_a_service_may_read_its_own_queues_only() -> None:
    granted = topology.permissions("sales.eu")
    assert granted.configure == "^$"
    assert granted.read == r"^sales\.eu\.(events|parked)\.v1$"
