"""The migrations make exactly the tables that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cases.base import Base
from servicekit.database.tables import KitBase
from tests.unit.cases.conftest import CasesHarness


def test_the_migrated_database_is_what_the_models_say(cases: CasesHarness) -> None:
    kit = set(KitBase.metadata.tables) | {"alembic_version", "kit_version"}
    with cases.running.service.database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name not in kit, "compare_type": True},
        )
        assert compare_metadata(context, Base.metadata) == []
