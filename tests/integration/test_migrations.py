"""A database of an older level, with rows in it, is brought up to today's without losing any."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from customers.directory.models import Customer
from notifications.in_app import titles
from notifications.in_app.models import Notification
from servicekit.database.engine import Database
from servicekit.database.migrate import _config, upgrade
from servicekit.database.schema_version import owners
from tests import servers

COLUMNS = {
    "number": "CU-000001", "kind": "organization", "status": "active", "name": "Acme", "source": "import",
    "customer_since": "2026-01-01", "is_archived": False, "is_blocked": False, "name_search": "acme",
    "search_text": "acme", "version": 1, "created_at": "2026-01-01 00:00:00+00:00", "updated_at": "2026-01-01 00:00:00+00:00",
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


def test_customers_carry_the_external_ids_that_a_table_held(url: str) -> None:
    migrate_to(url, "customers", "0002")
    engine = create_engine(url)
    with engine.begin() as connection:
        for id in ("cus_known", "cus_unknown"):
            row = COLUMNS | {"id": id, "number": id}
            names = ", ".join(row)
            connection.execute(text(f"INSERT INTO customers ({names}) VALUES (:{', :'.join(row)})"), row)
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
