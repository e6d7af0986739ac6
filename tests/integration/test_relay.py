"""What the broker refuses: it waits ever longer, holds back its own aggregate alone, and goes at once when that is over."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import insert, select

from servicekit.database.engine import Database
from servicekit.database.migrate import upgrade
from servicekit.database.tables import OutboxRow
from servicekit.messaging.bus import Delivery, Done, Outcome, connect
from servicekit.messaging.relay import Pass, publish_waiting
from tests import servers

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONSUMED_BY_BOTH, CONSUMED_BY_ONE = "thing.made.v1", "thing.liked.v1"


class Pressed:
    """A relay before two consumers: the queue of `away` has no room, `there` takes everything."""

    def __init__(self, database: Database, bus_url: str) -> None:
        self.database, self.bus = database, connect(bus_url)
        self._vhost, self._count = urlsplit(bus_url).path[1:], 0
        for name, types in (("away", [CONSUMED_BY_BOTH]), ("there", [CONSUMED_BY_BOTH, CONSUMED_BY_ONE])):
            self.bus.declare(name, types)
        limit = json.dumps({"max-length": 1})
        servers.rabbitmq().control(
            "set_policy", "-p", self._vhost, "small", r"^away\.events\.v1$", limit, "--apply-to", "queues"
        )
        while self.publish(self.record("thing_filler")).published:  # the limit of a quorum queue is a soft one
            pass

    def make_room(self) -> None:
        servers.rabbitmq().control("clear_policy", "-p", self._vhost, "small")

    def record(self, aggregate: str, event_type: str = CONSUMED_BY_BOTH) -> datetime:
        """Into the outbox, at START."""
        self._count += 1
        row = {
            "event_id": f"evt_{self._count}",
            "type": event_type,
            "aggregate_id": aggregate,
            "aggregate_version": self._count,
            "envelope": json.dumps({"subject": aggregate, "sequence": self._count}),
            "occurred_at": START,
        }
        with self.database.write() as session:
            session.execute(insert(OutboxRow), row)
        return START

    def publish(self, at: datetime) -> Pass:
        return publish_waiting(self.database, self.bus, now=lambda: at)

    def waiting(self) -> dict[str, list[int]]:
        """How often each event of an aggregate was tried."""
        found: dict[str, list[int]] = {}
        with self.database.read() as session:
            query = select(OutboxRow).where(OutboxRow.published_at.is_(None)).order_by(OutboxRow.id)
            for row in session.scalars(query):
                found.setdefault(row.aggregate_id, []).append(row.attempts)
        return found

    def consumed(self, name: str) -> list[str]:
        subjects: list[str] = []

        def handle(delivery: Delivery) -> Outcome:
            subjects.append(json.loads(delivery.body)["subject"])
            return Done()

        self.bus.consume_ready(name, handle)
        return subjects


@pytest.fixture(params=["sqlite", "postgres"])
def pressed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pressed]:
    url = f"sqlite:///{tmp_path}/x.db" if request.param == "sqlite" else servers.postgres().fresh_database("pressed")
    database = Database(url, service="pressed")
    upgrade(database, "tests.toy")
    pressed = Pressed(database, servers.rabbitmq().fresh_vhost())
    yield pressed
    pressed.bus.close()
    database.close()


def test_a_refused_event_holds_back_the_later_ones_of_its_aggregate_and_nobody_elses(pressed: Pressed) -> None:
    pressed.publish(pressed.record("thing_1"))
    pressed.record("thing_1", CONSUMED_BY_ONE)
    pressed.record("thing_2", CONSUMED_BY_ONE)
    assert pressed.publish(START) == Pass(taken=1, published=1)
    assert pressed.waiting() == {"thing_filler": [1], "thing_1": [1, 0]}
    # Also when the first one is due: the later one waits until it is through.
    assert pressed.publish(START + timedelta(seconds=3)) == Pass(taken=2, published=0)
    assert pressed.waiting() == {"thing_filler": [2], "thing_1": [2, 0]}


def test_each_refusal_doubles_the_pause(pressed: Pressed) -> None:
    at, tries = START, []
    for pause in (2, 4, 8, 16):
        tries.append(pressed.publish(at + timedelta(seconds=pause - 1)).taken)
        at += timedelta(seconds=pause)
        tries.append(pressed.publish(at).taken)
    assert tries == [0, 1] * 4


def test_when_one_gets_through_all_that_were_refused_for_the_same_reason_follow_at_once(pressed: Pressed) -> None:
    for number in range(5):
        pressed.record(f"thing_{number}")
    pressed.publish(START)
    at = START + timedelta(seconds=3)
    pressed.publish(at)  # they wait four seconds now
    pressed.record("thing_late")
    pressed.publish(at)  # and it two
    pressed.make_room()
    at += timedelta(seconds=2)
    assert pressed.publish(at) == Pass(taken=1, published=1, released=True)  # the late one alone is due
    assert pressed.publish(at) == Pass(taken=6, published=6)
    assert pressed.waiting() == {}
    assert set(pressed.consumed("away")) == {"thing_filler", "thing_late", *(f"thing_{number}" for number in range(5))}


def test_refused_events_never_stand_before_fresh_ones(pressed: Pressed) -> None:
    for number in range(5):
        pressed.record(f"thing_{number}")
    pressed.publish(START)
    pressed.record("thing_fresh", CONSUMED_BY_ONE)
    at = START + timedelta(seconds=3)
    assert pressed.publish(at) == Pass(taken=7, published=1)
    assert set(pressed.waiting()) == {"thing_filler", *(f"thing_{number}" for number in range(5))}


def test_the_first_one_that_was_refused_is_tried_twice_a_minute_however_long_it_lasts(pressed: Pressed) -> None:
    pressed.record("thing_1")
    at = START
    for _ in range(12):
        pressed.publish(at)
        at += timedelta(hours=2)
    pressed.publish(at)
    assert pressed.publish(at + timedelta(seconds=29)).taken == 0
    assert pressed.publish(at + timedelta(seconds=31)).taken == 1
    assert pressed.publish(at + timedelta(minutes=59)).taken == 1
    assert pressed.publish(at + timedelta(minutes=61)).taken == 2


def test_others_who_want_a_refused_event_have_it_at_its_first_try(pressed: Pressed) -> None:
    pressed.consumed("there")
    pressed.publish(pressed.record("thing_1"))
    assert pressed.consumed("there") == ["thing_1"]
