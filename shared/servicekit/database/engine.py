"""The database engine of a service: connections, transactions, and what counts as an outage."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from servicekit.errors import Unavailable

# A connection that rested longer is asked whether it is still there before it is used.
REST_SECONDS = 1.0


class Database:
    """One engine. `write()` and `read()` are the only places where a transaction begins and ends."""

    def __init__(self, url: str, *, service: str) -> None:
        self.service = service
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self._writing = self.engine.execution_options(writes=True)
        # READ COMMITTED gives each statement a snapshot of its own anyway; a transaction around reads would only cost
        # BEGIN and ROLLBACK, and after a ROLLBACK psycopg forgets every statement that it had prepared.
        apart = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self.reading = self.engine.execution_options(writes=False, **apart)
        moment = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._one_moment = self.engine.execution_options(writes=False, **moment)

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """Commit at the end, roll back on any error. SQLite gives its one write lock at once."""
        with self._session(self._writing) as session:
            yield session
            session.commit()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """What is never committed; on PostgreSQL each statement by itself."""
        with self._session(self.reading) as session:
            yield session

    @contextlib.contextmanager
    def read_one_moment(self) -> Iterator[Session]:
        """A read whose statements all see the same moment, or that is fetched piece by piece."""
        with self._session(self._one_moment) as session:
            yield session

    @contextlib.contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        session = Session(engine, expire_on_commit=False, info={"service": self.service})
        try:
            yield session
        except (OperationalError, InterfaceError) as error:
            session.rollback()
            if is_outage(error):
                raise Unavailable("The database cannot be reached right now.") from error
            raise
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def is_postgres(session: Session) -> bool:
    """Else it is SQLite."""
    return session.get_bind().dialect.name == "postgresql"


def is_outage(error: DBAPIError) -> bool:
    """Is the database itself away (connection refused, terminated, busy for longer than the timeout)?"""
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig) or "unable to open" in str(error.orig) or "full" in str(error.orig)
    # PostgreSQL: class 08 connection, 57P shutting down or starting, 53 out of resources; no state: never connected.
    state = getattr(error.orig, "sqlstate", None)
    return state is None or state[:2] in {"08", "53"} or state[:3] == "57P"


def _postgres_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        json_deserializer=msgspec.json.decode,
        pool_size=10,
        max_overflow=10,
        pool_timeout=10,
        hide_parameters=True,  # a failed statement is logged without the names and addresses in it
        connect_args={
            "connect_timeout": 3,
            # A server that is gone without a word is noticed by the system, not by a thread that waits for ever.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
            "options": "-c timezone=UTC -c statement_timeout=10s -c idle_in_transaction_session_timeout=60s",
        },
    )

    @event.listens_for(engine, "checkout")
    def ping_if_it_rested(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used_at", 0.0) < REST_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:
            raise DisconnectionError from error

    @event.listens_for(engine, "checkin")
    def note_use(_connection: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    return engine


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": 20, "check_same_thread": False},
        pool_size=10,
        max_overflow=10,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, below
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-8000;"
        )

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
