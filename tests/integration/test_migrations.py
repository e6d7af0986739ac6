"""A database of an older level, with rows in it, is brought up to today's without losing any."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import TextClause, create_engine, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from customers.directory.models import Customer
from customers.timeline.actions import EntrySubject, NewEntry, add_entry
from customers.timeline.models import TimelineEntry
from customers.timeline.search import matching
from customers.timeline.titles import title
from notifications.in_app import titles
from notifications.in_app.models import Notification
from servicekit.actor import Actor
from servicekit.database.engine import Database
from servicekit.database.migrate import _config, upgrade
from servicekit.database.schema_version import owners
from tests import servers

COLUMNS = {
    "number": "CU-000001", "kind": "organization", "status": "active", "name": "Acme", "source": "import",
    "customer_since": "2026-01-01", "is_archived": False, "is_blocked": False, "name_search": "acme",
    "search_text": "acme", "version": 1, "created_at": "2026-01-01 00:00:00+00:00", "updated_at": "2026-01-01 00:00:00+00:00",
}  # fmt: skip


ENTRY = {
    "kind": "note", "sentence": "Note", "names_actor": True, "body": None, "at": "2026-01-01 00:00:00+00:00",
    "subject_type": "note", "subject_id": "nte_1", "data": "{}", "customer_id": "cus_1",
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    return f"sqlite:///{tmp_path}/old.db" if request.param == "sqlite" else servers.postgres().fresh_database("old")


def migrate_to(url: str, package: str, level: str) -> None:
    database = Database(url, service=package)
    with database.engine.execution_options(writes=True).connect() as connection:
        for owner, table in owners(package):
            command.upgrade(_config(owner, table, connection), level if owner == package else "head")
            connection.commit()
    database.close()


def insert_into(table: str, row: Mapping[str, Any]) -> TextClause:
    return text(f"INSERT INTO {table} ({', '.join(row)}) VALUES (:{', :'.join(row)})")


def test_customers_carry_the_external_ids_that_a_table_held(url: str) -> None:
    migrate_to(url, "customers", "0002")
    engine = create_engine(url)
    with engine.begin() as connection:
        for id in ("cus_known", "cus_unknown"):
            row = COLUMNS | {"id": id, "number": id}
            connection.execute(insert_into("customers", row), row)
        for system, external_id in (("sap", "4711"), ("shop", "a b")):
            values = {"system": system, "id": external_id}
            connection.execute(text("INSERT INTO external_ids VALUES (:system, :id, 'cus_known')"), values)
    database = Database(url, service="customers")
    upgrade(database, "customers")
    with database.read() as session:
        assert session.get_one(Customer, "cus_known").external_ids == {"sap": "4711", "shop": "a b"}
        assert session.get_one(Customer, "cus_unknown").external_ids == {}
    database.close()
    engine.dispose()


NOTIFICATION = {
    "id": "ntf_old", "user_id": "usr_ada", "kind": "case_assigned", "title": "A case is yours now: Hello", "body": "Old",
    "subject_type": "case", "subject_id": "cas_1", "subject_number": "C-000001", "link": "/cases/C-000001",
    "read_at": None, "dedupe_key": "evt_1|case_assigned|usr_ada", "version": 3,
    "created_at": "2026-01-01 00:00:00+00:00", "updated_at": "2026-01-01 00:00:00+00:00",
}  # fmt: skip
INSERT_NOTIFICATION = text(
    f"INSERT INTO notifications ({', '.join(NOTIFICATION)}) VALUES (:{', :'.join(NOTIFICATION)})"
)


def test_notifications_from_before_show_the_sentences_that_they_stored(url: str) -> None:
    migrate_to(url, "notifications", "0002")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(INSERT_NOTIFICATION, NOTIFICATION)
    database = Database(url, service="notifications")
    upgrade(database, "notifications")
    with database.read() as session:
        old = session.get_one(Notification, "ntf_old")
        assert (titles.title(old), titles.body(old), old.version) == ("A case is yours now: Hello", "Old", 3)
    assert [one["name"] for one in inspect(engine).get_indexes("notifications") if not one["unique"]] == [
        "ix_notifications_mine"
    ]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(INSERT_NOTIFICATION, NOTIFICATION | {"id": "ntf_again"})
    database.close()
    engine.dispose()


def test_code_from_before_still_writes_notifications_after_the_upgrade(url: str) -> None:
    database = Database(url, service="notifications")
    upgrade(database, "notifications")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(INSERT_NOTIFICATION, NOTIFICATION)
    with database.read() as session:
        assert titles.title(session.get_one(Notification, "ntf_old")) == "A case is yours now: Hello"
    database.close()
    engine.dispose()


def test_old_entries_of_the_timeline_keep_their_title_and_are_found_by_it(url: str) -> None:
    migrate_to(url, "customers", "0003")
    engine = create_engine(url)
    rows = [ENTRY | {"id": f"tle_{n:04}", "source_event": f"{n:04}"} for n in range(2500)]
    rows[1700] |= {"kind": "case.opened", "sentence": "Case C-000001 opened: Überweisung", "names_actor": False}
    rows[1700] |= {"body": "FEHLT noch"}
    with engine.begin() as connection:
        connection.execute(insert_into("timeline_entries", rows[0]), rows)
    database = Database(url, service="customers")
    upgrade(database, "customers")
    with database.write() as session:
        found = session.scalars(select(TimelineEntry).where(matching("überweisung fehlt"))).one()
        assert title(found) == "Case C-000001 opened: Überweisung"
        new = NewEntry(kind="note", body="Call back", subject=EntrySubject(type="note", id="nte_2"))
        added = add_entry(session, new, by=Actor.system(now=found.at))
        assert (added.stored_title, title(added)) == (None, "Note")
        assert session.scalar(select(func.count()).where(TimelineEntry.search_text.is_(None))) == 0
    with engine.begin() as connection:  # as the code of before writes it, beside the new
        late = ENTRY | {"id": "x", "source_event": "x"}
        connection.execute(insert_into("timeline_entries", late), late)
    with database.read() as session:
        assert title(session.get_one(TimelineEntry, "x")) == "Note"
    database.close()
    engine.dispose()


def test_a_search_column_that_was_filled_in_part_is_filled_to_the_end() -> None:
    url = servers.postgres().fresh_database("old")
    migrate_to(url, "customers", "0003")
    engine = create_engine(url)
    with engine.begin() as connection:  # what a migration that was killed while it filled has left
        connection.execute(text("ALTER TABLE timeline_entries ADD COLUMN search_text TEXT"))
        for n in range(3):
            row = ENTRY | {"id": f"tle_{n}", "source_event": f"{n}"}
            connection.execute(insert_into("timeline_entries", row), row)
        connection.execute(text("UPDATE timeline_entries SET search_text = 'filled' WHERE id = 'tle_0'"))
    database = Database(url, service="customers")
    upgrade(database, "customers")
    with database.read() as session:
        filled = select(TimelineEntry.search_text).order_by(TimelineEntry.id)
        assert session.scalars(filled).all() == ["filled", "note", "note"]
    database.close()
    engine.dispose()
