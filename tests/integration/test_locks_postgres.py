"""Rows that two transactions want on PostgreSQL: whoever waited reads what the other has written."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from customers.directory.actions import create_customer
from customers.directory.models import Customer
from customers.directory.rules import DuplicateCustomer
from customers.projections.locks import lock_figures
from customers.timeline.interactions import note_interaction
from ops.waiting import wait_for
from servicekit.actor import Actor
from servicekit.database.engine import Database
from servicekit.database.locks import lock
from servicekit.database.migrate import upgrade
from tests import servers

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
ROW = {
    "id": "cus_1", "number": "CU-900000", "kind": "organization", "status": "active", "name": "Acme", "source": "manual",
    "customer_since": AT.date(), "name_search": "acme", "search_text": "acme", "external_ids": {}, "created_at": AT,
    "updated_at": AT,
}  # fmt: skip


@pytest.fixture
def database() -> Iterator[Database]:
    url = servers.postgres().fresh_database("customers")
    database = Database(url, service="customers")
    upgrade(database, "customers")
    with database.write() as session:
        session.add(Customer(**ROW))
        lock_figures(session, "cus_1")
    yield database
    database.close()
    servers.postgres().drop(url)


def test_a_row_that_was_loaded_before_its_lock_is_read_anew(database: Database) -> None:
    with database.write() as session:
        customer = session.scalars(select(Customer)).one()
        assert customer.figures is not None  # loaded with it, without a lock
        with database.write() as other:
            note_interaction(other, customer_ids=["cus_1"], at=AT + timedelta(minutes=5))
        note_interaction(session, customer_ids=["cus_1"], at=AT + timedelta(minutes=3))
    with database.read() as session:
        assert lock_figures(session, "cus_1").last_interaction_at == AT + timedelta(minutes=5)


def test_a_loaded_row_is_held_as_it_is_now_and_once(database: Database) -> None:
    with database.write() as session:
        customer = session.scalars(select(Customer)).one()
        with database.write() as other:
            other.get_one(Customer, "cus_1").is_archived = True
        lock(session, customer)
        assert (customer.is_archived, customer.version) == (True, 2)
        customer.name = "Acme Ltd."
        lock(session, customer)
        assert (customer.name, customer.version) == ("Acme Ltd.", 3)


def test_of_two_who_add_the_same_email_at_once_the_second_is_told_of_the_first(database: Database) -> None:
    def add() -> str:
        with database.write() as session:
            return added(session).number

    def added(session: Session) -> Customer:
        details = {"kind": "individual", "name": "Nora Berg", "email": "nora@berg.example"}
        return create_customer(session, by=Actor.system(now=AT), details=details)

    def somebody_waits() -> bool:
        with database.read() as session:
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            return bool(session.scalar(text(waiting)))

    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            number = added(session).number
            second = pool.submit(add)
            wait_for(somebody_waits, "the second waits for the first")
        with pytest.raises(DuplicateCustomer, match=number):
            second.result(30)
