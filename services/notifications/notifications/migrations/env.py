"""Alembic runs this for the tables of notifications."""

from notifications.base import Base
from notifications.in_app import models as centre
from notifications.mail import models as mail
from notifications.projections import models as recipients
from servicekit.database.migrate import run_env

TABLES_OF = (centre, mail, recipients)

run_env(Base.metadata)
