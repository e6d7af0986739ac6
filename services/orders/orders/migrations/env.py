"""Alembic runs this for the tables of orders."""

from orders.catalogue import models as catalogue
from orders.directory import models as directory
from orders.entities import Base
from orders.ledger import models as ledger
from orders.sales import models as sales
from servicekit.migrate import run_env

TABLES_OF = (catalogue, directory, ledger, sales)

run_env(Base.metadata)
