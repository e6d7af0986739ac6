"""Alembic runs this for the tables of the customers service."""

import customers.activities.models  # noqa: F401 - it registers its tables
import customers.intake.models
from customers.base import Base
from servicekit.database.migrate import run_env

run_env(Base.metadata)
