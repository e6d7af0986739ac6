"""Events leave by outbox and relay."""

import json

import pytest

from servicekit.messaging.bus import Delivery, Done
from servicekit.testing.harness import Harness, RunningService


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servicekit.messaging.dispatch.QUICK_RETRIES", (0.001,))


def test_events_reach_the_bus_with_their_envelope_and_in_order(harness: Harness, library: RunningService) -> None:
    librarian = library.client("books:*")
    book = librarian.post("/books", {"title": "Emma"}, headers={"X-Request-Id": "req-12345678"}).json
    librarian.post(f"/books/{book['id']}:lend", headers={"If-Match": '"1"'})
    consumed: list[dict[str, object]] = []
    library.service.bus.declare("listener", ["book.*.v1"])
    harness.drain()

    def listen(delivery: Delivery) -> Done:
        consumed.append(json.loads(delivery.body))
        return Done()

    library.service.bus.consume_ready("listener", listen)
    assert [(one["type"], one["sequence"], one["subject"]) for one in consumed] == [
        ("book.bought.v1", 1, book["id"]),
        ("book.lent.v1", 2, book["id"]),
    ]
    assert consumed[0]["correlationid"] == "req-12345678"
    assert consumed[0]["actor"] == "usr_test"
    assert consumed[0]["source"] == "/services/library"
