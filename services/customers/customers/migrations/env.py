"""Alembic runs this for the tables of the customers service."""

import customers.intake.models
import customers.activities.models  # noqa: F401 - it registers its tables
from customers.base import Base
from servicekit.database.migrate import run_env

run_env(Base.metadata)
