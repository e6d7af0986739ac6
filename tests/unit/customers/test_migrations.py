"""The migrations make exactly the tables that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from customers.base import Base
from servicekit.database.tables import KitBase

# What the code of before still writes while both run beside each other.
LEFT_OVER = {"names_actor"}
# PostgreSQL alone has one of the two, as its extensions allow: of operator classes that models cannot name for SQLite.
ONLY_IN_MIGRATIONS = {"ix_customers_search_text", "ix_customers_name_prefix"}


def test_the_migrated_database_is_what_the_models_say(customers):
    kit = {*KitBase.metadata.tables, "alembic_version", "kit_version"}

    def is_ours(name, kind, _):
        return name not in (kit if kind == "table" else LEFT_OVER | ONLY_IN_MIGRATIONS)

    with customers.running.service.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
