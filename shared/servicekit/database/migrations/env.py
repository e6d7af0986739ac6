"""Alembic runs this for the kit's tables."""

from servicekit.database.migrate import run_env
from servicekit.database.tables import KitBase

run_env(KitBase.metadata)
