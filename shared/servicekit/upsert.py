"""INSERT … ON CONFLICT DO NOTHING on both databases."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session


def one_at_a_time(session: Session, *keys: str) -> None:
    """Whoever works on these keys waits until the others have committed; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        for key in sorted(set(keys)):
            session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def insert_if_absent(session: Session, entity: type[DeclarativeBase], **values: Any) -> bool:
    """True when the row is new. On PostgreSQL it waits for a transaction that is inserting the same key."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(entity).values(**values).on_conflict_do_nothing()
    # Without the option SQLAlchemy keeps no count of an INSERT: on PostgreSQL it would be -1, and every row new.
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]
