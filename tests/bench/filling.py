"""Fills the customers database with a generated directory by COPY: one transaction, with all indexes in place."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import psycopg

from servicekit.database.engine import Database
from servicekit.database.migrate import upgrade
from tests.bench.data import CONTACT_COLUMNS, CUSTOMER_COLUMNS, FACT_COLUMNS, Directory

LINES_AT_ONCE = 2000


@dataclass(frozen=True, kw_only=True)
class Filled:
    """How long it took: making and copying the rows, then VACUUM and ANALYZE."""

    rows: int
    copy_seconds: float
    analyze_seconds: float

    @property
    def rate(self) -> float:
        """Rows a second, of all three tables."""
        return self.rows / self.copy_seconds


def prepared(url: str) -> str:
    """The database with the tables of the customers service; returns its address."""
    database = Database(url, service="customers")
    try:
        upgrade(database, "customers")
    finally:
        database.close()
    return url


def fill(url: str, directory: Directory) -> Filled:
    """Copy everything and continue the series of numbers behind it."""
    started = time.monotonic()
    with psycopg.connect(_plain(url)) as connection:
        rows = copy(connection, "customers", CUSTOMER_COLUMNS, directory.customer_lines())
        rows += copy(connection, "contacts", CONTACT_COLUMNS, directory.contact_lines())
        rows += copy(connection, "customer_facts", FACT_COLUMNS, directory.fact_lines())
        connection.execute("SELECT setval('number_customer', %s)", [directory.customers])
    copied = time.monotonic()
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        # Else autovacuum does it some minutes later, in the middle of what is measured.
        connection.execute("VACUUM (ANALYZE) customers, contacts, customer_facts")
    return Filled(rows=rows, copy_seconds=copied - started, analyze_seconds=time.monotonic() - copied)


def copy(connection: psycopg.Connection, table: str, columns: Sequence[str], lines: Iterable[str]) -> int:
    """COPY into one table; how many rows."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN".encode()) as into:
            for piece in _pieces(lines):
                into.write(piece)
        return cursor.rowcount


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    waiting = iter(lines)
    while piece := "".join(islice(waiting, LINES_AT_ONCE)):
        yield piece


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")
