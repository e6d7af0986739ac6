"""Databases for tests on a PostgreSQL server: emptied and used again, since making one takes longer than most tests."""

import atexit
import contextlib
import functools
from collections import defaultdict

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from servicekit.database.engine import Database
from servicekit.database.migrate import upgrade
from servicekit.ids import uuid7

# What the migrations themselves wrote is kept beside the tables, and put back after each test.
KEEP = """
DO $$ DECLARE t text; has_rows boolean; BEGIN
  CREATE SCHEMA kept;
  CREATE TABLE kept.sequence_positions AS SELECT sequencename, start_value, last_value FROM pg_sequences
    WHERE schemaname = 'public';
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', t) INTO has_rows;
    IF has_rows THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', t, t); END IF;
  END LOOP;
END $$
"""
EMPTY = """
DO $$ DECLARE t text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', t);
  END LOOP;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept' AND tablename <> 'sequence_positions' LOOP
    EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE TABLE kept.%I', t, t);
  END LOOP;
  PERFORM setval(format('public.%I', sequencename)::regclass, coalesce(last_value, start_value), last_value IS NOT NULL)
    FROM kept.sequence_positions;
END $$
"""
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Databases:
    """Migrated databases of one server, lent to one test at a time."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._free: defaultdict[str, list[str]] = defaultdict(list)

    def take(self, package: str) -> str:
        """The name of one that holds what this service's migrations wrote and nothing else."""
        if self._free[package]:
            return self._free[package].pop()
        name = f"bench_{uuid7().hex}"
        on_server(self._server, f"CREATE DATABASE {name} TEMPLATE {self._template(package)}")
        atexit.register(on_server, self._server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        return name

    def give_back(self, package: str, name: str) -> None:
        """Empty it for the next test; one that a test has destroyed is forgotten."""
        with contextlib.suppress(DBAPIError):
            on_server(self.address(name), END_OTHERS, EMPTY)
            self._free[package].append(name)

    def address(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    @functools.cache  # noqa: B019 - there is one of these a process
    def _template(self, package: str) -> str:
        name = f"bench_template_{uuid7().hex}"
        on_server(self._server, f"CREATE DATABASE {name}")
        atexit.register(on_server, self._server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        database = Database(self.address(name), service=package)
        upgrade(database, package)
        database.close()
        on_server(self.address(name), KEEP)
        return name


@functools.cache
def databases(server: str) -> Databases:
    """The databases of this server."""
    return Databases(server)


def on_server(server: str, *statements: str) -> None:
    """Each outside a transaction."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()
