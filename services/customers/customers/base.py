"""The declarative base of this service's tables."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from servicekit.database.types import naming_convention


class Base(DeclarativeBase):
    """Every table of the customers database hangs on this."""

    metadata = MetaData(naming_convention=naming_convention)
