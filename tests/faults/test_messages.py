"""Messages that come twice, that cannot be read, that always fail, that kill: each parks alone, and can be replayed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.waiting import wait_for
from servicekit.ids import new_id
from servicekit.messaging.bus import OutgoingMessage
from servicekit.messaging.inbox import KEEP
from servicekit.testing.harness import envelope
from tests.faults.checker import SERVICES
from tests.faults.conftest import Patient
from tests.faults.trial import Trial

# Only customers consumes it; its effect is one line on a timeline.
EVENT_TYPE = "workflow.cancelled.v1"


def poison(run_id: str, **more: Any) -> bytes:
    """A fact that customers can read."""
    data = {"run_id": run_id, "case_id": "cas_poison", "case_number": "C-999999", "workflow_name": "Poison"}
    return envelope(more.pop("type", EVENT_TYPE), data, subject=run_id, **more)


def test_every_event_published_three_times_more_has_its_effect_once(patient: Patient) -> None:
    trial = patient.trial("13 every event three times more")
    last = {service: trial.stack.sql(service, "SELECT max(id) FROM outbox")[0][0] or 0 for service in SERVICES}
    with trial.under_load():
        wait_for(lambda: trial.loads[0].acknowledged > 10, "something has happened")
    for service in SERVICES:
        published = "SELECT event_id, type, envelope, aggregate_id FROM outbox WHERE id > :last ORDER BY id"
        rows = trial.stack.sql(service, published, last=last[service])
        messages = [
            OutgoingMessage(id=r.event_id, type=r.type, body=r.envelope.encode(), key=r.aggregate_id) for r in rows
        ]
        for start in range(0, len(messages), 200):
            for _ in range(3):
                trial.stack.bus.publish(messages[start : start + 200])
        trial.faults["duplicates published"] += 3 * len(messages)
    trial.judge()


UNREADABLE = {
    "undecodable": b"\xff\xfe{",
    "not_an_event": b'{"hello": "world"}',
    "unknown_type": envelope("planet.discovered.v1", {"id": "pla_1"}),
    "unknown_version": poison("run_poison", type="workflow.cancelled.v9"),
    "schema_violation": envelope(EVENT_TYPE, {"run_id": ["run_poison"]}),
}


def test_what_can_never_work_parks_at_once_each_with_its_reason_and_its_neighbours_do_not(patient: Patient) -> None:
    trial, parked = patient.trial("14 poison: unreadable"), {}
    with trial.under_load():
        for reason, body in UNREADABLE.items():
            send(trial, body)
            parked[reason] = wait_for(lambda r=reason: parked_for(trial, r), f"it is parked as {reason}")
            trial.faults[f"{reason} message"] += 1
    assert {reason: len(rows) for reason, rows in parked.items()} == dict.fromkeys(UNREADABLE, 1)
    for rows in parked.values():
        assert parked_command(trial, "discard", rows[0].id) == 0
    trial.judge()


def test_what_always_fails_climbs_the_ladder_parks_and_is_replayed_once_after_the_fix(patient: Patient) -> None:
    trial, run_id = patient.trial("14 poison: always failing"), new_id("run")
    with failing(trial, f"consumer-effect=fail@{run_id}"), trial.under_load(per_second=3):
        event = send(trial, poison(run_id))
        parked = wait_for(lambda: parked_for(trial, "failed"), "it is parked when the ladder ends")[0]
    trial.faults["always failing message"] += 1
    assert parked.attempts == 6
    assert "FailedOnPurpose" in parked.detail
    replayed_once(trial, parked.id, event)


def test_what_kills_its_worker_is_given_up_after_twenty_deaths_and_takes_no_neighbour_with_it(
    on_servers: Patient,
) -> None:
    trial, run_id = on_servers.trial("14 poison: kills its worker"), new_id("run")
    failpoint = f"consumer-effect=die@{run_id}"

    def parked_at_last() -> list[Any]:
        if trial.stack.has_died("customers-worker"):
            trial.faults["deaths of customers-worker"] += 1
            trial.stack.kill("customers-worker")
            trial.stack.start("customers-worker", CRM_FAILPOINT=failpoint)
        return parked_for(trial, "killed_its_worker")

    with failing(trial, failpoint), trial.under_load(per_second=2):
        event = send(trial, poison(run_id))
        parked = wait_for(parked_at_last, "it is parked after its last kill", progress=trial.faults.total)[0]
    assert trial.faults["deaths of customers-worker"] >= 20
    replayed_once(trial, parked.id, event)


@pytest.mark.plan
def test_what_is_replayed_while_the_original_is_on_its_way_has_one_effect(patient: Patient) -> None:
    trial, run_id = patient.trial("15 replayed while in flight"), new_id("run")
    body = poison(run_id)
    with failing(trial, f"consumer-effect=fail@{run_id}"):
        event = send(trial, body)
        parked = wait_for(lambda: parked_for(trial, "failed"), "it is parked")[0]
    send(trial, body)
    assert parked_command(trial, "replay", parked.id) == 0
    trial.faults["replayed while in flight"] += 1
    trial.judge()
    assert effects(trial, event) == 1


@pytest.mark.plan
def test_what_was_parked_longer_than_the_inbox_remembers_is_not_replayed(patient: Patient) -> None:
    trial, run_id = patient.trial("15 replayed after the inbox forgot"), new_id("run")
    with failing(trial, f"consumer-effect=fail@{run_id}"):
        event = send(trial, poison(run_id))
        parked = wait_for(lambda: parked_for(trial, "failed"), "it is parked")[0]
    long_ago = datetime.now(UTC) - KEEP - timedelta(days=1)
    aged = "UPDATE parked_message SET parked_at = :then WHERE id = :id"
    trial.stack.change("customers", aged, then=long_ago.strftime("%Y-%m-%d %H:%M:%S.%f"), id=parked.id)
    assert parked_command(trial, "replay", parked.id) == 1
    assert effects(trial, event) == 0
    assert parked_command(trial, "discard", parked.id) == 0
    trial.faults["replayed too late"] += 1
    trial.judge()


def replayed_once(trial: Trial, number: int, event: str) -> None:
    """The replay has its effect; the second one is refused; the system is as whole as ever."""
    assert effects(trial, event) == 0
    assert parked_command(trial, "replay", number) == 0
    assert effects(trial, event) == 1
    assert parked_command(trial, "replay", number) == 1
    assert effects(trial, event) == 1
    trial.judge()


def effects(trial: Trial, event: str) -> int:
    statement = "SELECT count(*) FROM timeline_entries WHERE source_event = :event"
    found: int = trial.stack.sql("customers", statement, event=event)[0][0]
    return found


def send(trial: Trial, body: bytes) -> str:
    """As a service would; returns the event's id, or one for the broker where the message has none of its own."""
    found = re.search(rb'"id": ?"([^"]+)"', body)
    event = found.group(1).decode() if found else new_id("evt")
    trial.published.add(event)
    trial.stack.bus.publish([OutgoingMessage(id=event, type=EVENT_TYPE, body=body, key="run_poison")])
    return event


def parked_for(trial: Trial, reason: str) -> list[Any]:
    statement = "SELECT id, attempts, detail FROM parked_message WHERE settled_at IS NULL AND reason = :reason"
    return trial.stack.sql("customers", statement, reason=reason)


def parked_command(trial: Trial, verb: str, number: int) -> int:
    """What an operator types."""
    command = [sys.executable, "-m", "flask", "--app", "customers.app", "parked", verb, str(number)]
    environment = trial.stack.environment("customers")
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60).returncode


@contextmanager
def failing(trial: Trial, failpoint: str) -> Iterator[None]:
    """The worker of customers meets its poison while inside."""
    trial.stack.terminate("customers-worker")
    trial.stack.start("customers-worker", CRM_FAILPOINT=failpoint)
    try:
        yield
    finally:
        trial.stack.kill("customers-worker")
        trial.stack.start("customers-worker")
