"""The client for the services: connections, retries, and a service that is down."""

import time

from servicekit.circuit_breaker import LONGEST_PAUSE, THRESHOLD
from tests.servers.tools import free_port
from tests.unit.gateway.conftest import running_echo


def test_connections_are_used_again(proxied, echo):
    person = proxied.person()
    for _ in range(20):
        assert person.get("/cases").status_code == 200
    assert person.ask("HEAD", "/cases").status_code == 200
    assert echo.seen("connections") == 1  # for twenty-one requests; this question has its own from before


def test_a_service_that_is_down_takes_only_its_own_routes_with_it(proxied):
    person = proxied.person()
    down = person.get("/customers")
    assert (down.status_code, down.json["code"], down.json["service"]) == (503, "unavailable", "customers")
    assert int(down.headers["Retry-After"]) >= 1
    assert person.get("/cases").status_code == 200
    assert person.get("/users").status_code == 200
    ready = proxied.http.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "degraded")
    assert ready.json["checks"]["customers"] == "cannot be reached"
    assert (ready.json["checks"]["cases"], ready.json["checks"]["database"]) == ("ok", "ok")


def test_a_service_that_comes_back_is_used_again_within_a_moment(start_gateway):
    port = free_port()
    person = start_gateway(CRM_CASES_URL=f"http://127.0.0.1:{port}").person()
    for _ in range(THRESHOLD):
        assert person.get("/cases").status_code == 503
    with running_echo(port):
        begun = time.monotonic()
        while person.get("/cases").status_code != 200:
            assert time.monotonic() - begun < 5 * LONGEST_PAUSE
            time.sleep(0.05)


def test_a_read_is_tried_again_when_the_service_stumbles(proxied, echo):
    assert proxied.person().get("/cases?status=502,503,200").status_code == 200
    assert echo.seen() == 3


def test_a_write_is_tried_again_only_with_an_idempotency_key(proxied, echo):
    person = proxied.person()
    assert person.post("/cases?status=502").status_code == 502
    assert echo.seen() == 1
    assert person.post("/cases?status=502,502,503,200", headers={"Idempotency-Key": "k"}).status_code == 200
    assert echo.seen() == 4
