"""What is stored in all services, watched from outside: which rows a request changed, down to the single request."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Any, Final

from tests.stacks import Stack

# Noting that a key or a session was used is no effect of what was asked for with it.
_NOTED: Final = {("gateway", "api_keys"): "last_used_at", ("gateway", "login_sessions"): "last_seen_at"}

# By table and id; a row without an id is its own.
Rows = Mapping[tuple[str, str], dict[str, Any]]


class Storage:
    """The databases of an embedded system, each through a connection of its own that is kept."""

    def __init__(self, connections: Mapping[str, sqlite3.Connection]) -> None:
        self._connections = connections
        self._versions = {service: self._version(service) for service in connections}
        self._rows = {service: self._read(service) for service in connections}

    def changes(self) -> list[str]:
        """Each row that came, went or changed since this was asked the last time, with its table."""
        found: list[str] = []
        for service, before in self._versions.items():
            # SQLite counts the commits of all others: where there was none, nothing has to be read.
            if (now := self._version(service)) != before:
                self._versions[service] = now
                found += self._differences(service)
        return found

    def _differences(self, service: str) -> Iterator[str]:
        before, after = self._rows[service], self._read(service)
        self._rows[service] = after
        for where in sorted(before.keys() | after.keys()):
            was, now = before.get(where, {}), after.get(where, {})
            columns = [name for name in {**was, **now} if was.get(name) != now.get(name)]
            if columns:
                yield f"{service}.{' '.join(where)}: {', '.join(f'{one} is {now.get(one)!r}' for one in columns)[:300]}"

    def _version(self, service: str) -> int:
        return int(self._connections[service].execute("PRAGMA data_version").fetchone()[0])

    def _read(self, service: str) -> Rows:
        ask = self._connections[service].execute
        tables = [row[0] for row in ask("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            (table, str(row.get("id", row))): row
            for table in tables
            for row in _rows(ask(f'SELECT * FROM "{table}"'), _NOTED.get((service, table)))
        }


@contextmanager
def watch_storage(stack: Stack) -> Iterator[Storage]:
    """What is stored now is where the watching begins."""
    place = stack.installation.data
    with ExitStack() as held:
        opened = {name: sqlite3.connect(place.database(name)) for name in stack.installation.ports}
        yield Storage({name: held.enter_context(closing(one)) for name, one in opened.items()})


def _rows(found: sqlite3.Cursor, noted: str | None) -> Iterator[dict[str, Any]]:
    names = [str(column[0]) for column in found.description]
    for row in found:
        yield {name: value for name, value in zip(names, row, strict=True) if name != noted}
