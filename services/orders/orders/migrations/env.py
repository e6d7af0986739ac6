"""Alembic runs this for the tables of orders."""

from orders.base import Base
from orders.catalogue import models as catalogue
from orders.ledger import models as ledger
from orders.projections import models as projections
from orders.sales import models as sales
from servicekit.database.migrate import run_env

TABLES_OF = (catalogue, projections, ledger, sales)

run_env(Base.metadata)
