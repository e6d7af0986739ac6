"""Alembic runs this for the tables of notifications."""

from notifications.centre import models as centre
from notifications.entities import Base
from notifications.mail import models as mail
from notifications.recipients import models as recipients
from servicekit.migrate import run_env

TABLES_OF = (centre, mail, recipients)

run_env(Base.metadata)
