"""Migrations: the kit's tables and then the service's own, each with Alembic, forward only."""

from importlib import resources

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

from servicekit.db import Database

KIT = "servicekit"
KIT_VERSIONS = "kit_version"
SERVICE_VERSIONS = "alembic_version"


def upgrade(database: Database, package: str) -> None:
    """Bring the database to this code's level. Several at once wait for each other; a second time nothing happens."""
    with database.engine.execution_options(writes=True).connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_lock(hashtext('migrate'))"))
            connection.commit()
        try:
            for owner, table in ((KIT, KIT_VERSIONS), (package, SERVICE_VERSIONS)):
                command.upgrade(_config(owner, table, connection), "head")
                connection.commit()
        finally:
            if not database.is_sqlite:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(hashtext('migrate'))"))
                connection.commit()


def missing_migrations(engine: Engine, package: str) -> list[str]:
    """What this code needs and the database has not had yet; empty when ready."""
    missing = []
    with engine.connect() as connection:
        for owner, table in ((KIT, KIT_VERSIONS), (package, SERVICE_VERSIONS)):
            script = ScriptDirectory.from_config(_config(owner, table, connection))
            current = MigrationContext.configure(connection, opts={"version_table": table}).get_current_heads()
            if set(current) != set(script.get_heads()):
                missing.append(owner)
    return missing


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
