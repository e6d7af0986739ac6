"""Operators see from outside that every worker is there and keeps up."""

from collections import defaultdict

import requests

from ops.repository import EVERYONE
from ops.waiting import wait_for
from tests.stacks import Stack


def test_every_service_shows_that_its_worker_has_a_heartbeat(stack: Stack) -> None:
    longest: dict[str, float] = defaultdict(float)
    renewed: set[str] = set()

    def all_have_a_new_heartbeat() -> bool:
        for service in EVERYONE:
            now = silent_seconds(stack, service)
            longest[service] = max(longest[service], now)
            if now < longest[service] - 1:
                renewed.add(service)
        return renewed == set(EVERYONE)

    wait_for(all_have_a_new_heartbeat, "every worker writes a new heartbeat", progress=lambda: sorted(renewed))
    for service in EVERYONE:
        ready = requests.get(f"{stack.installation.url_of(service)}/readyz", timeout=60).json()
        assert (ready["status"], ready["checks"]["worker"]) == ("ready", "ok"), ready


def silent_seconds(stack: Stack, service: str) -> float:
    text = requests.get(f"{stack.installation.url_of(service)}/metrics", timeout=60).text
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return float(figures["worker_seen_seconds"])
