"""Alembic runs this for the tables of the gateway."""

from gateway.base import Base
from gateway.identity.access import models as access
from gateway.identity.sessions import models as sessions
from gateway.identity.staff import models as staff
from servicekit.database.migrate import run_env

TABLES_OF = (access, sessions, staff)

run_env(Base.metadata)
