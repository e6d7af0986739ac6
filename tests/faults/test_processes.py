"""Whichever of our processes dies on the way: nothing is lost, nothing happens twice, and the rest goes on."""

import re
import time

import pytest
import requests

from ops.waiting import wait_for
from tests.faults.conftest import Patient
from tests.faults.trial import Trial

SERVICES = ("customers", "cases", "orders", "notifications")
WORKERS = tuple(f"{name}-worker" for name in (*SERVICES, "gateway"))


def test_web_processes_killed_mid_request_commit_a_retried_key_once(patient: Patient) -> None:
    trial = patient.trial("1 web processes killed")
    victims = ("gateway", "customers", "cases", "orders")
    with trial.under_load(per_second=20):
        trial.until_time_is_up(lambda: trial.kill(trial.random.choice(victims)), every=1)
    trial.judge()


@pytest.mark.parametrize("point", ["relay-before-publish", "relay-after-confirm"])
def test_a_relay_killed_around_the_publish_loses_and_doubles_nothing(patient: Patient, point: str) -> None:
    trial = patient.trial(f"2 killed at {point}")
    with trial.under_load():
        die_at(trial, "cases-worker", point)
        die_at(trial, "orders-worker", point)
    trial.judge()


def test_a_second_relay_takes_over_when_the_first_is_killed(patient: Patient) -> None:
    trial = patient.trial("2 relay takes over")
    twin = trial.stack.start_twin("cases-worker")
    with trial.under_load():
        time.sleep(trial.seconds / 2)
        trial.stack.kill("cases-worker")
        trial.faults["kill the leading relay"] += 1
        began = time.monotonic()
        done = len(trial.loads[-1].done("submit"))
        wait_for(lambda: len(trial.loads[-1].done("submit")) > done, "another form is submitted")
        wait_for(lambda: not unpublished(trial, "cases"), "the second relay publishes")
        trial.figures["takeover_seconds"] = round(time.monotonic() - began, 2)
    trial.stack.terminate(twin)
    trial.stack.start("cases-worker")
    trial.judge()


@pytest.mark.parametrize(
    ("worker", "point"),
    [
        ("customers-worker", "consumer-before-commit"),
        ("notifications-worker", "consumer-after-commit"),
        pytest.param("customers-worker", "consumer-after-commit", marks=pytest.mark.plan),
        pytest.param("notifications-worker", "consumer-before-commit", marks=pytest.mark.plan),
    ],
)
def test_a_consumer_killed_around_its_commit_has_its_effect_once(patient: Patient, worker: str, point: str) -> None:
    trial = patient.trial(f"3 {worker} killed at {point}")
    with trial.under_load():
        die_at(trial, worker, point)
        die_at(trial, worker, point)
    trial.judge()


def test_all_workers_killed_at_once_under_load_lose_and_double_nothing(patient: Patient) -> None:
    trial = patient.trial("3 all workers killed at once")
    with trial.under_load(per_second=20):
        trial.until_time_is_up(lambda: trial.kill(*WORKERS), every=2)
    trial.judge()


@pytest.mark.plan
def test_a_name_never_goes_back_to_an_older_one_whatever_overtakes_what(patient: Patient) -> None:
    trial = patient.trial("17 events overtake each other")
    api, stack = patient.company.admin, trial.stack
    customer = api.post(
        "/customers", {"kind": "organization", "name": "Name 0", "email": f"name-{trial.seed}@kunde.example"}
    )
    case = api.post("/cases", {"subject": "Whose?", "type": patient.company.case_type, "customer_id": customer["id"]})
    stack.terminate("cases-worker")
    stack.start("cases-worker", CRM_FAILPOINT="consumer-effect=dawdle")
    twin = stack.start_twin("cases-worker", CRM_FAILPOINT="consumer-effect=dawdle")
    seen = [0]

    def look() -> bool:
        shown = api.get(f"/cases/{case['id']}")["customer_name"]
        seen.append(int(re.sub(r"\D", "", shown)))
        return seen[-1] == renames

    renames = max(20, round(trial.seconds * 4))
    for number in range(1, renames + 1):
        customer = api.patch(f"/customers/{customer['id']}", {"name": f"Name {number}"}, customer["version"])
        look()
    wait_for(look, "the last name has arrived")
    assert seen == sorted(seen)
    trial.faults["renamed while two workers dawdle"] += renames
    stack.terminate(twin, "cases-worker")
    stack.start("cases-worker")
    trial.judge()


@pytest.mark.plan  # on a saturated machine a service needs longer to start than the gateway waits for it
def test_a_rolling_restart_under_load_fails_no_request_and_redelivers_nothing(embedded: Patient) -> None:
    # Not on the servers: there a wire answers for the service of orders while it is away, so that requests count as sent.
    trial = embedded.trial("19 rolling restart")
    with trial.under_load() as load:
        seconds = []
        for name in (*SERVICES, *WORKERS):
            seconds.append(trial.stack.terminate(name))
            trial.stack.start(name)
            trial.stack.wait_ready(*([name] if name in SERVICES else []))
            trial.faults[f"restart {name}"] += 1
            time.sleep(0.3)
    trial.figures["slowest_stop_seconds"] = round(max(seconds), 2)
    assert max(seconds) < 30
    assert [(deed.key, deed.tries, deed.troubles) for deed in load.deeds if deed.tries > 1] == []
    trial.judge()


@pytest.mark.plan
def test_a_worker_that_is_told_to_stop_at_any_moment_stops(embedded: Patient) -> None:
    trial = embedded.trial("19 stopped at any moment")
    slowest, rounds = 0.0, max(20, round(trial.seconds * 4))
    with trial.under_load(per_second=3):
        for _ in range(rounds):
            slowest = max(slowest, trial.stack.terminate(*WORKERS))
            trial.stack.start(*WORKERS)
            time.sleep(trial.random.uniform(0, 2) ** 2 / 2)
            trial.faults["stop and start all workers"] += 1
    trial.figures["slowest_stop_seconds"] = round(slowest, 2)
    trial.judge()


def test_a_service_that_is_down_takes_only_its_own_routes_with_it(patient: Patient) -> None:
    api, stack = patient.company.admin, patient.stack
    stack.kill("orders")
    try:
        answer = raw_get(patient, "/orders")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "orders" in answer.json()["detail"].lower()
        for path in ("/customers", "/cases", "/emails", "/users"):
            assert raw_get(patient, path).status_code == 200
        sent = patient.company.submit(patient.company.answers("Nora"))
        customer = patient.company.linked_case(sent["case_id"])["customer_id"]
        overview = api.get(f"/customers/{customer}/overview")
        assert overview["complete"] is False
        assert (overview["orders"]["status"], overview["customer"]["status"]) == ("unavailable", "ok")
    finally:
        stack.start("orders")
        stack.wait_ready("orders")
    wait_for(lambda: raw_get(patient, "/orders").status_code == 200, "orders answer again")


def raw_get(patient: Patient, path: str) -> requests.Response:
    answer: requests.Response = patient.company.admin._session.get(f"{patient.stack.url}/api/v1{path}", timeout=30)
    return answer


def die_at(trial: Trial, name: str, point: str) -> None:
    """Let it run with the failpoint until it has died there; then start it as ever."""
    trial.stack.terminate(name)
    trial.stack.start(name, CRM_FAILPOINT=point)
    wait_for(lambda: trial.stack.has_died(name), f"{name} dies at {point}")
    trial.faults[f"{name} dies at {point}"] += 1
    trial.stack.kill(name)
    trial.stack.start(name)


def unpublished(trial: Trial, service: str) -> int:
    found: int = trial.stack.sql(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL")[0][0]
    return found
