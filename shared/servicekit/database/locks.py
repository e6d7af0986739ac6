"""Row locks and advisory locks that last until commit, on both databases."""

from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.util import identity_key

from servicekit.database.engine import is_postgres
from servicekit.database.upsert import insert_new

E = TypeVar("E", bound=DeclarativeBase)
# What this transaction has locked (a row under its key, because a session alone lets go of rows that nobody holds), and
# what it has added: a session of ours lives for one.
_LOCKED = "locked"
_ADDED = "added"


def advisory_lock(session: Session, *keys: str) -> None:
    """Whoever works on these keys waits until the others have committed; SQLite has one writer anyway."""
    locked = session.info.setdefault(_LOCKED, {})
    if is_postgres(session):
        for key in sorted(set(keys) - locked.keys()):
            # By the connection: the session would write what is only half changed yet.
            session.connection().execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})
    locked.update(dict.fromkeys(keys))


def lock_or_create(session: Session, entity: type[E], key: str, **empty: Any) -> E:
    """The row as it is now, locked until commit; made with the values of `empty` where there is none.

    Asked again in the same transaction it costs nothing. Not within a savepoint: its end would lift the lock.
    """
    identity = identity_key(entity, key)
    known = session.identity_map.get(identity)
    locked = session.info.setdefault(_LOCKED, {})
    if known is not None and identity in locked:
        return known
    # What was loaded before the lock may be older than the row.
    found = session.get(entity, key, with_for_update=True, populate_existing=True)
    if found is None:
        [primary] = entity.__mapper__.primary_key
        found = insert_new(session, entity, **{str(primary.key): key, **empty})
    if found is None:  # another transaction made it in this moment, and has committed
        found = session.get_one(entity, key, with_for_update=True, populate_existing=True)
    locked[identity] = found
    return found


def lock(session: Session, loaded: DeclarativeBase) -> None:
    """Lock a row that was read before, and read it anew: others may have changed it. The second time costs nothing."""
    session.flush()
    identity = identity_key(instance=loaded)
    locked = session.info.setdefault(_LOCKED, {})
    if identity not in locked:
        columns = [column.key for column in loaded.__mapper__.column_attrs]
        session.refresh(loaded, attribute_names=columns, with_for_update=True)
        locked[identity] = loaded


def add_locked(session: Session, new: DeclarativeBase) -> None:
    """Add a row that nobody else can know yet: it counts as locked."""
    session.add(new)
    identity = identity_key(type(new), new.__mapper__.primary_key_from_instance(new))
    session.info.setdefault(_LOCKED, {})[identity] = new
    session.info.setdefault(_ADDED, set()).add(identity)


def was_added_here(session: Session, entity: DeclarativeBase) -> bool:
    """Did this transaction make it, by `add_locked`? Then nobody else has seen it yet."""
    identity = identity_key(type(entity), entity.__mapper__.primary_key_from_instance(entity))
    return identity in session.info.get(_ADDED, ())
