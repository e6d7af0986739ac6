"""Alembic runs this for the tables of the gateway."""

from gateway.entities import Base
from gateway.identity import models
from servicekit.migrate import run_env

TABLES_OF = (models,)

run_env(Base.metadata)
