"""Events of a transaction show what is committed."""

import contextlib

from servicekit.messaging import outbox
from servicekit.testing.harness import RunningService
from tests.toy.app import Book, BookBought


def test_a_savepoint_that_fails_costs_no_event(library: RunningService) -> None:
    database, now = library.service.database, library.harness.clock()
    with database.write() as session:
        book = Book(id="boo_1", title="Emma", is_lent=False, created_at=now, updated_at=now)
        session.add(book)
        outbox.record(session, BookBought(id=book.id, title=book.title), about=book, at=now)
        session.flush()
        with contextlib.suppress(RuntimeError), session.begin_nested():
            raise RuntimeError("tried in vain")
        with session.begin_nested():
            pass
    assert [event["type"] for event in library.recorded()] == ["book.bought.v1"]


def test_events_of_one_version_carry_the_state_as_it_is_committed(library: RunningService) -> None:
    database, now = library.service.database, library.harness.clock()
    with database.write() as session:
        book = Book(id="boo_1", title="Ema", is_lent=False, created_at=now, updated_at=now)
        session.add(book)
        outbox.record(session, lambda: BookBought(id=book.id, title=book.title), about=book, at=now)
        session.flush()
        book.title = "Emma"
    assert [(event["sequence"], event["data"]["title"]) for event in library.recorded()] == [(2, "Emma")]
