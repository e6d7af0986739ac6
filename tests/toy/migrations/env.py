"""Alembic runs this for the toy's tables."""

from servicekit.database.migrate import run_env
from tests.toy.app import Base

run_env(Base.metadata)
