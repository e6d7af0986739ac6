"""The declarative base of the gateway's own tables: people, roles, teams and what they sign in with."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from servicekit.database.types import naming_convention


class Base(DeclarativeBase):
    """Its metadata holds the gateway's tables and nothing else."""

    metadata = MetaData(naming_convention=naming_convention)
