"""One delivery: its effect once, or parked with a reason."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from servicekit.database.tables import InboxRow, ParkedMessage
from servicekit.messaging.bus import MAX_ATTEMPTS, Delivery, Done, Outage, Retry
from servicekit.testing.harness import POSTGRES, Harness, RunningService, envelope
from servicekit.testing.postgres import on_server
from tests.toy.app import MOST_LOANS, Reader


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


def test_several_sub_domains_listen_to_one_event_in_their_order_and_in_one_transaction(library: RunningService) -> None:
    deliver(library, envelope("reader.joined.v1", {"id": "r1"}))
    for _ in range(MOST_LOANS):
        assert deliver(library, envelope("loan.counted.v1", {"reader_id": "r1"})) == Done()
    assert loans(library) == {"r1": MOST_LOANS}
    one_too_many = envelope("loan.counted.v1", {"reader_id": "r1"})
    assert deliver(library, one_too_many) == Done()
    assert loans(library) == {"r1": MOST_LOANS}, "the first consumer's effect is undone with the second's"
    assert parked(library) == ["too_many_loans"]
    with library.service.database.read() as session:
        inbox = session.scalars(select(InboxRow.event_id)).all()
    assert len(inbox) == 1 + MOST_LOANS, "one inbox row an event, however many listen to it"


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


def test_a_database_that_is_away_is_an_outage_and_burns_no_attempt(harness: Harness, library: RunningService) -> None:
    database = library.service.database
    database.engine.dispose()
    if database.is_sqlite:
        path = Path(str(database.url.database))
        path.rename(f"{path}.away")
        path.mkdir()
    else:
        on_server(os.environ[POSTGRES], f"DROP DATABASE {harness.databases[0][1]} WITH (FORCE)")
    assert isinstance(deliver(library, envelope("reader.joined.v1", {"id": "r1"})), Outage)
