"""Upserts, on both databases: insert unless the key is taken, or overwrite what is older."""

from functools import cache
from typing import Any, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from servicekit.database.engine import is_postgres

E = TypeVar("E", bound=DeclarativeBase)


def insert_new(session: Session, entity: type[E], **values: Any) -> E | None:
    """The new row; nothing where its key is taken. On PostgreSQL waits for a transaction that is inserting that key."""
    return session.scalars(_or_nothing(entity, is_postgres(session)), values).one_or_none()


@cache
def _or_nothing(entity: type[E], on_postgres: bool) -> Any:  # noqa: FBT001 - a key of the cache
    insert: Any = postgresql.insert if on_postgres else sqlite.insert
    return insert(entity).on_conflict_do_nothing().returning(entity)


def insert_if_absent(session: Session, entity: type[DeclarativeBase], **values: Any) -> bool:
    """True when the row is new. On PostgreSQL it waits for a transaction that is inserting the same key."""
    statement = _if_absent(entity, is_postgres(session))
    session.flush()  # Core does not do it by itself
    # Without the option SQLAlchemy keeps no count of an INSERT: on PostgreSQL it would be -1, and every row new.
    result = session.connection().execute(statement, values, execution_options={"preserve_rowcount": True})
    return bool(result.rowcount == 1)


@cache
def _if_absent(entity: type[DeclarativeBase], on_postgres: bool) -> Any:  # noqa: FBT001 - a key of the cache
    insert: Any = postgresql.insert if on_postgres else sqlite.insert
    return insert(entity.__table__).on_conflict_do_nothing()


def upsert_if_newer(session: Session, row: DeclarativeBase) -> bool:
    """Insert this row, or overwrite one with a lower `sequence`; False when the stored one is as new.

    One statement: of two workers the later waits for the other's row and compares then. What the session has loaded
    before does not follow.
    """
    # By attribute: its name may differ from that of its column.
    values = {one.columns[0].key: getattr(row, one.key) for one in row.__mapper__.column_attrs}
    statement = _newest(type(row), is_postgres(session))
    result = session.connection().execute(statement, values, execution_options={"preserve_rowcount": True})
    return bool(result.rowcount == 1)


@cache
def _newest(entity: type[DeclarativeBase], on_postgres: bool) -> Any:  # noqa: FBT001 - a key of the cache
    table = entity.__table__
    insert: Any = (postgresql.insert if on_postgres else sqlite.insert)(table)  # type: ignore[arg-type]
    keys = sorted(column.name for column in table.primary_key)
    return insert.on_conflict_do_update(
        index_elements=keys,
        set_={column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys},
        where=table.c.sequence < insert.excluded.sequence,
    )
