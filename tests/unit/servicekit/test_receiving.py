"""What becomes of a delivery: one effect, a retry, or parking with a reason."""

import json
import os
from pathlib import Path

import pytest
from sqlalchemy import select

from servicekit.database.tables import ParkedMessage
from servicekit.messaging.bus import MAX_ATTEMPTS, Delivery, Done, Outage, Retry
from servicekit.testing.harness import POSTGRES, Harness, RunningService, envelope
from servicekit.testing.postgres import on_server
from tests.toy.app import Reader


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servicekit.messaging.dispatch.QUICK_RETRIES", (0.001,))


def deliver(library: RunningService, body: bytes, attempt: int = 1):
    return library.service.dispatcher.receive(Delivery(body=body, type="", attempt=attempt, redelivered=False))


def loans(library: RunningService) -> dict[str, int]:
    with library.service.database.read() as session:
        return {reader.id: reader.loans for reader in session.scalars(select(Reader))}


def parked(library: RunningService) -> list[str]:
    with library.service.database.read() as session:
        return [message.reason for message in session.scalars(select(ParkedMessage).order_by(ParkedMessage.id))]


def test_the_same_event_twice_has_one_effect(library: RunningService) -> None:
    deliver(library, envelope("reader.joined.v1", {"id": "r1"}))
    loan = envelope("loan.counted.v1", {"reader_id": "r1"})
    assert deliver(library, loan) == deliver(library, loan) == Done()
    assert loans(library) == {"r1": 1}


def test_an_event_ahead_of_its_cause_is_tried_again_and_not_parked(library: RunningService) -> None:
    loan = envelope("loan.counted.v1", {"reader_id": "r1"})
    assert isinstance(deliver(library, loan), Retry)
    deliver(library, envelope("reader.joined.v1", {"id": "r1"}))
    assert deliver(library, loan, attempt=2) == Done()
    assert loans(library) == {"r1": 1}
    assert parked(library) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\x00", "undecodable"),
        (b"{}", "not_an_event"),
        (envelope("train.departed.v1", {"id": "x"}), "unknown_type"),
        (envelope("reader.joined.v2", {"id": "x"}), "unknown_version"),
        (envelope("reader.joined.v1", {"name": "x"}), "schema_violation"),
    ],
)
def test_what_can_never_work_parks_at_once_with_its_reason(library: RunningService, body: bytes, reason: str) -> None:
    assert deliver(library, body) == Done()
    assert parked(library) == [reason]


def test_what_always_fails_climbs_the_ladder_and_then_parks(library: RunningService) -> None:
    body = envelope("shelf.collapsed.v1", {"id": "s1"})
    assert [isinstance(deliver(library, body, attempt=n), Retry) for n in range(1, MAX_ATTEMPTS)] == [True] * (
        MAX_ATTEMPTS - 1
    )
    assert deliver(library, body, attempt=MAX_ATTEMPTS) == Done()
    assert parked(library) == ["failed"]


def test_a_database_that_is_away_is_an_outage_and_burns_no_attempt(bench: Harness, library: RunningService) -> None:
    database = library.service.database
    database.engine.dispose()
    if database.is_sqlite:
        path = Path(str(database.url.database))
        path.rename(f"{path}.away")
        path.mkdir()
    else:
        on_server(os.environ[POSTGRES], f"DROP DATABASE {bench.databases[0][1]} WITH (FORCE)")
    assert isinstance(deliver(library, envelope("reader.joined.v1", {"id": "r1"})), Outage)


def test_a_replayed_message_has_its_effect_once_and_cannot_be_replayed_twice(library: RunningService) -> None:
    loan = envelope("loan.counted.v1", {"reader_id": "r1"})
    deliver(library, loan, attempt=MAX_ATTEMPTS)
    run = library.app.test_cli_runner()
    assert "not_yet" in run.invoke(args=["parked", "list"]).output
    assert "It still fails" in run.invoke(args=["parked", "replay", "1"]).output
    deliver(library, envelope("reader.joined.v1", {"id": "r1"}))
    assert "done" in run.invoke(args=["parked", "replay", "1"]).output
    assert "was replayed" in run.invoke(args=["parked", "replay", "1"]).output
    assert loans(library) == {"r1": 1}


def test_a_replay_of_what_had_its_effect_meanwhile_does_nothing(library: RunningService) -> None:
    loan = envelope("loan.counted.v1", {"reader_id": "r1"})
    deliver(library, loan, attempt=MAX_ATTEMPTS)
    deliver(library, envelope("reader.joined.v1", {"id": "r1"}))
    deliver(library, loan)
    assert "had its effect before" in library.app.test_cli_runner().invoke(args=["parked", "replay", "1"]).output
    assert loans(library) == {"r1": 1}


def test_events_reach_the_bus_with_their_envelope_and_in_order(bench: Harness, library: RunningService) -> None:
    librarian = library.client("books:*")
    book = librarian.post("/books", {"title": "Emma"}, headers={"X-Request-Id": "req-12345678"}).json
    librarian.post(f"/books/{book['id']}:lend", headers={"If-Match": '"1"'})
    heard: list[dict[str, object]] = []
    library.service.bus.declare("listener", ["book.*.v1"])
    bench.drain()

    def listen(delivery: Delivery) -> Done:
        heard.append(json.loads(delivery.body))
        return Done()

    library.service.bus.consume_ready("listener", listen)
    assert [(one["type"], one["sequence"], one["subject"]) for one in heard] == [
        ("book.bought.v1", 1, book["id"]),
        ("book.lent.v1", 2, book["id"]),
    ]
    assert heard[0]["correlationid"] == "req-12345678"
    assert heard[0]["actor"] == "usr_test"
    assert heard[0]["source"] == "/services/library"
