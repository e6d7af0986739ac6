"""Links that break off, hang, or crawl: to the broker, a database, the mail server, and between gateway and service."""

import time

import pytest

from tests.faults.conftest import Patient
from tests.faults.wire import Mode


@pytest.mark.parametrize("wire", ["broker", "database", "mail", "http"])
@pytest.mark.parametrize("mode", ["reset", "slow", "blackhole"])
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
