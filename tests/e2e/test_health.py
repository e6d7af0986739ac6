"""Operators see from outside that every worker is there and keeps up."""

from collections import defaultdict

import requests

from ops.repository import EVERYONE
from ops.waiting import wait_for
from tests.stacks import Stack


def test_every_service_shows_that_its_worker_gives_signs(stack: Stack) -> None:
    longest: dict[str, float] = defaultdict(float)
    heard: set[str] = set()

    def all_are_heard_again() -> bool:
        for service in EVERYONE:
            now = silent_seconds(stack, service)
            longest[service] = max(longest[service], now)
            if now < longest[service] - 1:
                heard.add(service)
        return heard == set(EVERYONE)

    wait_for(all_are_heard_again, "every worker gives a new sign", progress=lambda: sorted(heard))
    for service in EVERYONE:
        ready = requests.get(f"{stack.installation.url_of(service)}/readyz", timeout=60).json()
        assert (ready["status"], ready["checks"]["worker"]) == ("ready", "ok"), ready


def silent_seconds(stack: Stack, service: str) -> float:
    text = requests.get(f"{stack.installation.url_of(service)}/metrics", timeout=60).text
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return float(figures["worker_seen_seconds"])
