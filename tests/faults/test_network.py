"""Links that break off, hang, or crawl: to the broker, a database, the mail server, and between gateway and service."""

import time

import pytest

from tests.faults.conftest import Patient
from tests.faults.wire import Mode

EVERY_RUN = {
    ("broker", "blackhole"),
    ("broker", "reset"),
    ("database", "reset"),
    ("mail", "reset"),
    ("http", "blackhole"),
}
LINKS = [
    pytest.param(wire, mode, marks=[] if (wire, mode) in EVERY_RUN else [pytest.mark.plan])
    for wire in ("broker", "database", "mail", "http")
    for mode in ("reset", "slow", "blackhole")
]


@pytest.mark.parametrize(("wire", "mode"), LINKS)
def test_a_bad_link_loses_and_doubles_nothing(on_servers: Patient, wire: str, mode: Mode) -> None:
    trial = on_servers.trial(f"11 link to {wire}: {mode}")
    link = on_servers.wires[wire]
    with trial.under_load(per_second=6):
        time.sleep(1)
        link.mode = mode
        trial.faults[mode] += 1
        time.sleep(trial.seconds)
        link.mode = "pass"
    trial.judge()
