"""Waits until everything that was told has been heard: by counting what each service should have heard of."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping

import psycopg

from ops.place import EVERYONE, SERVICES
from tests.bench.driving import LoadFailed
from tests.stacks import Stack, consumed_types

PATIENCE = 180.0
LOOK_SECONDS = 0.1
TOLD = "SELECT type, count(*) FROM outbox GROUP BY type"
HEARD = "SELECT count(*) FROM inbox"
PARKED = "SELECT count(*) FROM parked_message WHERE settled_at IS NULL"
MAIL = "SELECT count(*) FROM emails WHERE state IN ('queued', 'sending')"

Databases = Mapping[str, psycopg.Connection]


def drained(stack: Stack) -> float:
    """Wait until every event had its effect in every service that hears it; how many seconds that took."""
    started = time.monotonic()
    with contextlib.ExitStack() as kept:
        databases = {service: kept.enter_context(looking_into(stack.database(service))) for service in EVERYONE}
        hears = {service: set(consumed_types(service)) for service in SERVICES}
        while waiting := _on_its_way(databases, hears):
            if time.monotonic() - started > PATIENCE:
                raise LoadFailed(f"after {PATIENCE:.0f} s these effects are still missing: {waiting}")
            time.sleep(LOOK_SECONDS)
    return time.monotonic() - started


def looking_into(url: str) -> psycopg.Connection:
    """A connection that holds no transaction open."""
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def _on_its_way(databases: Databases, hears: Mapping[str, set[str]]) -> dict[str, int]:
    """How many effects each service still owes, and how many e-mails; nothing when all is quiet."""
    told = [row for database in databases.values() for row in database.execute(TOLD).fetchall()]
    owed = {
        service: sum(count for type, count in told if type in types) - _count(databases[service], HEARD)
        for service, types in hears.items()
    }
    parked = {service: _count(databases[service], PARKED) for service in hears}
    if any(parked.values()):
        raise LoadFailed(f"messages were parked: {parked}")
    owed["e-mails"] = _count(databases["notifications"], MAIL)
    return {who: count for who, count in owed.items() if count}


def _count(database: psycopg.Connection, sql: str) -> int:
    row = database.execute(sql.encode()).fetchone()
    return int(row[0]) if row else 0
