"""Alembic runs this for the tables of the gateway."""

from gateway.base import Base
from gateway.identity.staff import models
from servicekit.database.migrate import run_env

TABLES_OF = (models,)

run_env(Base.metadata)
