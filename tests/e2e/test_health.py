"""Operators see from outside that every worker is there and keeps up."""

import pytest
import requests

from ops.api import eventually
from ops.place import EVERYONE
from tests.e2e.journey import PATIENCE
from tests.stacks import Stack


@pytest.mark.parametrize("service", EVERYONE)
def test_a_service_shows_that_its_worker_gives_signs(stack: Stack, service: str) -> None:
    address = stack.installation.url_of(service)

    def silent_seconds() -> float:
        text = requests.get(f"{address}/metrics", timeout=10).text
        figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return float(figures["worker_seen_seconds"])

    longest = 0.0

    def is_heard_again() -> bool:
        nonlocal longest
        longest = max(longest, now := silent_seconds())
        return now < longest - 1

    assert eventually(is_heard_again, PATIENCE), "no new sign"
    assert requests.get(f"{address}/readyz", timeout=10).json()["checks"]["worker"] == "ok"
