"""A database of an older level, with rows in it, is brought up to today's without losing any."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from customers.directory.models import Customer
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
