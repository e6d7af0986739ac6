"""Alembic runs this for the tables of notifications."""

from notifications.base import Base
from notifications.in_app import models as in_app
from notifications.mail import models as mail
from notifications.projections import models as projections
from servicekit.database.migrate import run_env

TABLES_OF = (in_app, mail, projections)

run_env(Base.metadata)
