"""Row locks: a row that this transaction has locked is read once."""

import gc
from typing import Any

from sqlalchemy import event

from servicekit.database.locks import lock_or_create
from servicekit.testing.harness import RunningService
from tests.toy.app import Reader


def test_a_locked_row_is_read_once_although_nobody_holds_it_in_between(library: RunningService) -> None:
    with library.service.database.write() as session:
        lock_or_create(session, Reader, "rea_1", loans=0)
    statements: list[str] = []

    @event.listens_for(library.service.database.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    with library.service.database.write() as session:
        for _ in range(3):
            lock_or_create(session, Reader, "rea_1", loans=0).loans += 1
            session.flush()
            gc.collect()
    with library.service.database.read() as session:
        assert session.get_one(Reader, "rea_1").loans == 3
    assert sum(statement.startswith("SELECT") for statement in statements) == 2  # the second by the test itself
