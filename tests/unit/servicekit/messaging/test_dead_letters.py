"""Parked messages and their replay."""

import pytest
from sqlalchemy import select

from servicekit.messaging.bus import MAX_ATTEMPTS, Delivery
from servicekit.testing.harness import RunningService, envelope
from tests.toy.app import Reader


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servicekit.messaging.dispatch.QUICK_RETRIES", (0.001,))


def deliver(library: RunningService, body: bytes, attempt: int = 1):
    return library.service.dispatcher.receive(Delivery(body=body, type="", attempt=attempt, redelivered=False))


def loans(library: RunningService) -> dict[str, int]:
    with library.service.database.read() as session:
        return {reader.id: reader.loans for reader in session.scalars(select(Reader))}


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
