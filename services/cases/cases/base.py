"""The declarative base of this service's tables."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from servicekit.database.types import naming_convention


class Base(DeclarativeBase):
    """The base class of every table of the cases database."""

    metadata = MetaData(naming_convention=naming_convention)
