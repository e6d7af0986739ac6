"""Retention of the outbox."""

from datetime import UTC, datetime, timedelta

from servicekit.database.tables import OutboxRow
from servicekit.messaging.outbox_retention import delete_published
from servicekit.testing.harness import RunningService, envelope


def test_published_events_lose_their_personal_part_after_a_week_and_go_after_a_month(library: RunningService) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    database = library.service.database
    with database.write() as session:
        for number, days in enumerate((1, 8, 31)):
            body = envelope("reader.joined.v1", {"id": "r", "personal": {"name": "Emma"}}).decode().replace(": ", ":")
            at = now - timedelta(days=days)
            row = {"event_id": f"e{number}", "type": "reader.joined.v1", "aggregate_id": f"r{number}", "attempts": 0}
            session.add(OutboxRow(**row, aggregate_version=1, envelope=body, occurred_at=at, published_at=at))
        session.add(
            OutboxRow(
                event_id="e9",
                type="x",
                aggregate_id="r9",
                aggregate_version=1,
                envelope="{}",
                occurred_at=now - timedelta(days=99),
                attempts=0,
            )
        )
    with database.write() as session:
        assert delete_published(session, now=now) == 2
    events = library.recorded()
    assert len(events) == 3  # the unpublished one stays, however old it is
    assert [event["data"]["personal"] for event in events if event] == [{"name": "Emma"}, {}]
