"""Waits until everything that was published has been processed: by counting what each service should have consumed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping

import psycopg

from ops.repository import EVERYONE, SERVICES
from ops.waiting import Patience
from tests.bench.driving import LoadFailed
from tests.stacks import Stack, consumed_types

PUBLISHED = "SELECT type, count(*) FROM outbox GROUP BY type"
PROCESSED = "SELECT count(*) FROM inbox"
PARKED = "SELECT count(*) FROM parked_message WHERE settled_at IS NULL"
MAIL = "SELECT count(*) FROM emails WHERE state IN ('queued', 'sending')"

Databases = Mapping[str, psycopg.Connection]


def drained(stack: Stack) -> float:
    """Wait until every event had its effect in every service that consumes it; how many seconds that took."""
    started = time.monotonic()
    with contextlib.ExitStack() as kept:
        databases = {service: kept.enter_context(looking_into(stack.database(service))) for service in EVERYONE}
        consumes = {service: set(consumed_types(service)) for service in SERVICES}
        owed: dict[str, int] = {}
        pauses = Patience("every event has had its effect", progress=lambda: dict(owed))
        while owed := _on_its_way(databases, consumes):
            pauses.pause()
    return time.monotonic() - started


def looking_into(url: str) -> psycopg.Connection:
    """A connection that holds no transaction open."""
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def _on_its_way(databases: Databases, consumes: Mapping[str, set[str]]) -> dict[str, int]:
    """How many effects each service still owes, and how many e-mails; nothing when all is quiet."""
    published = [row for database in databases.values() for row in database.execute(PUBLISHED).fetchall()]
    owed = {
        service: sum(count for type, count in published if type in types) - _count(databases[service], PROCESSED)
        for service, types in consumes.items()
    }
    parked = {service: _count(databases[service], PARKED) for service in consumes}
    if any(parked.values()):
        raise LoadFailed(f"messages were parked: {parked}")
    owed["e-mails"] = _count(databases["notifications"], MAIL)
    return {who: count for who, count in owed.items() if count}


def _count(database: psycopg.Connection, sql: str) -> int:
    row = database.execute(sql.encode()).fetchone()
    return int(row[0]) if row else 0
