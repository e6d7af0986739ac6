"""Rows that several transactions want at once: inserted once, kept newest, held until commit; on both databases."""

from functools import cache
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.util import identity_key

from servicekit.db import is_postgres

E = TypeVar("E", bound=DeclarativeBase)
# What this transaction has locked: a session of ours lives for one.
_HELD = "held"
# What this transaction has made.
_MADE = "made"


def one_at_a_time(session: Session, *keys: str) -> None:
    """Whoever works on these keys waits until the others have committed; SQLite has one writer anyway."""
    held = session.info.setdefault(_HELD, set())
    if is_postgres(session):
        for key in sorted(set(keys) - held):
            # By the connection: the session would write what is only half changed yet.
            session.connection().execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    held.update(keys)


def hold(session: Session, entity: type[E], key: str, **empty: Any) -> E:
    """The row as it is now, locked until commit; made with the values of `empty` where there is none.

    Asked again in the same transaction it costs nothing. Not within a savepoint: its end would lift the lock.
    """
    identity = identity_key(entity, key)
    known = session.identity_map.get(identity)
    held = session.info.setdefault(_HELD, set())
    if known is not None and identity in held:
        return known
    # What was loaded before the lock may be older than the row.
    found = session.get(entity, key, with_for_update=True, populate_existing=True)
    if found is None:
        [primary] = entity.__mapper__.primary_key
        found = insert_new(session, entity, **{str(primary.key): key, **empty})
    if found is None:  # another transaction made it in this moment, and has committed
        found = session.get_one(entity, key, with_for_update=True, populate_existing=True)
    held.add(identity)
    return found


def hold_loaded(session: Session, loaded: DeclarativeBase) -> None:
    """Lock a row that was read before, and read it anew: others may have changed it. The second time costs nothing."""
    session.flush()
    identity = identity_key(instance=loaded)
    held = session.info.setdefault(_HELD, set())
    if identity not in held:
        columns = [column.key for column in loaded.__mapper__.column_attrs]
        session.refresh(loaded, attribute_names=columns, with_for_update=True)
        held.add(identity)


def hold_new(session: Session, new: DeclarativeBase) -> None:
    """Add a row that nobody else can know yet: it counts as held."""
    session.add(new)
    identity = identity_key(type(new), new.__mapper__.primary_key_from_instance(new))
    session.info.setdefault(_HELD, set()).add(identity)
    session.info.setdefault(_MADE, set()).add(identity)


def was_made_here(session: Session, entity: DeclarativeBase) -> bool:
    """Did this transaction make it, by `hold_new`? Then nobody else has seen it yet."""
    identity = identity_key(type(entity), entity.__mapper__.primary_key_from_instance(entity))
    return identity in session.info.get(_MADE, ())


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


def keep_newest(session: Session, told: DeclarativeBase) -> bool:
    """Insert this telling, or overwrite one with a lower `sequence`; False when what is kept is as new.

    One statement: of two workers the later waits for the other's row and compares then. What the session has loaded
    before does not follow.
    """
    table = told.__table__
    values = {column.key: getattr(told, column.key) for column in table.columns}
    statement = _newest(type(told), is_postgres(session))
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
