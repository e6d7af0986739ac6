"""Alembic runs this for the tables of the customers service."""

import customers.activities.models
import customers.directory.models
import customers.intake.models
import customers.projections.models
import customers.timeline.models  # noqa: F401 - importing them registers their tables
from customers.base import Base
from servicekit.database.migrate import run_env

run_env(Base.metadata)
