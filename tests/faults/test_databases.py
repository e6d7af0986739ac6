"""A database killed under load: only its own service answers 503, nothing is parked, nothing is lost."""

import time

import requests

from ops.waiting import wait_for
from tests.faults.conftest import Patient


def test_a_killed_database_takes_only_its_own_service_with_it(on_servers: Patient) -> None:
    trial, database = on_servers.trial("8 database of orders killed"), on_servers.orders_database
    assert database is not None
    session, url = on_servers.company.admin._session, f"{trial.stack.url}/api/v1"
    with trial.under_load():
        for _ in range(max(1, round(trial.seconds / 15))):
            time.sleep(trial.seconds / 3)
            database.kill()
            trial.faults["kill PostgreSQL of orders"] += 1
            answer: requests.Response = session.get(f"{url}/orders", timeout=30)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert answer.headers["Retry-After"]
            for path in ("/customers", "/cases", "/emails", "/users"):
                assert session.get(f"{url}{path}", timeout=30).status_code == 200
            assert requests.get(f"{trial.stack.installation.url_of('orders')}/readyz", timeout=30).status_code == 503
            time.sleep(2)
            database.start()
    wait_for(lambda: session.get(f"{url}/orders", timeout=30).status_code == 200, "orders answer again")
    trial.judge()
