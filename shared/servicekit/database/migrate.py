"""Migrations: the kit's tables and then the service's own, each with Alembic, forward only."""

from importlib import resources

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text

from servicekit.database.engine import Database
from servicekit.database.schema_version import owners


def upgrade(database: Database, package: str) -> None:
    """Bring the database to this code's level. Several at once wait for each other; a second time nothing happens."""
    with database.engine.execution_options(writes=True).connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET statement_timeout = 0"))  # an index on a big table takes its time
            connection.execute(text("SELECT pg_advisory_lock(hashtext('migrate'))"))
            connection.commit()
        try:
            for owner, table in owners(package):
                command.upgrade(_config(owner, table, connection), "head")
                connection.commit()
        finally:
            if not database.is_sqlite:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(hashtext('migrate'))"))
                connection.commit()


def run_env(metadata: MetaData) -> None:
    """The body of every `migrations/env.py`."""
    config = context.config
    connection: Connection = config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=config.attributes["version_table"],
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _config(owner: str, table: str, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files(owner) / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["version_table"] = table
    return config
