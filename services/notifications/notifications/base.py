"""The base that every table of this service stands on."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from servicekit.database.types import naming_convention


class Base(DeclarativeBase):
    """Apart from the kit's own tables."""

    metadata = MetaData(naming_convention=naming_convention)
