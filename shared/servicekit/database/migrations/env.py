"""Alembic runs this for the kit's tables."""

from servicekit.kit_tables import KitBase
from servicekit.migrate import run_env

run_env(KitBase.metadata)
