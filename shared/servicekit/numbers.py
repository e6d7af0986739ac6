"""Numbers for people: short, unique, rising, with gaps where a transaction rolled back."""

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from servicekit.db import is_postgres
from servicekit.kit_tables import NumberCounter


def next_number(session: Session, name: str) -> int:
    """The next of the series `name`. PostgreSQL counts in a sequence, which locks nobody until commit."""
    if is_postgres(session):
        value = session.scalar(text("SELECT nextval(:name)"), {"name": f"number_{name}"})
        assert value is not None  # noqa: S101 - nextval never answers NULL
        return int(value)
    changed = session.execute(
        update(NumberCounter).where(NumberCounter.name == name).values(last=NumberCounter.last + 1)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        session.execute(insert(NumberCounter).values(name=name, last=1))
    return int(session.scalars(select(NumberCounter.last).where(NumberCounter.name == name)).one())


def create_series(name: str) -> str:
    """The statement that a service's migration runs on PostgreSQL for each of its series."""
    return f"CREATE SEQUENCE number_{name}"
