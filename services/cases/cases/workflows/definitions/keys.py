"""Keys that people choose, for workflows, case types and forms: each is given once."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from servicekit.errors import Conflict, FieldError


class KeyTaken(Conflict):
    """Another one has this key."""


def must_be_free(session: Session, column: InstrumentedAttribute[Any], key: str, *, noun: str) -> None:
    """Refuse a key that stands in this column already; `noun` is what people call such a record."""
    if session.scalars(select(column).where(column == key)).first() is not None:
        detail = f"There already is a {noun} with the key “{key}”."
        raise KeyTaken(detail, fields=[FieldError(pointer="/key", code="taken", detail=detail)])
