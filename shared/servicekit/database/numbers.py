"""Numbers for people: short, unique, rising, with gaps where a transaction rolled back."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from servicekit.database.engine import is_postgres
from servicekit.database.tables import NumberCounter


def next_number(session: Session, name: str) -> int:
    """The next of the series `name`. PostgreSQL counts in a sequence, which locks nobody until commit."""
    statement = _OF_SEQUENCE if is_postgres(session) else _OF_TABLE
    return int(session.connection().execute(statement, {"name": name}).scalar_one())


_OF_SEQUENCE = text("SELECT nextval('number_' || :name)")
_OF_TABLE = (
    insert(NumberCounter.__table__)  # type: ignore[arg-type] # a declarative class's table is one
    .values(name=bindparam("name"), last=1)
    .on_conflict_do_update(index_elements=["name"], set_={"last": NumberCounter.last + 1})
    .returning(NumberCounter.last)
)


def create_series(name: str) -> str:
    """The statement that a service's migration runs on PostgreSQL for each of its series."""
    return f"CREATE SEQUENCE number_{name}"
