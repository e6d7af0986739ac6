"""What `/readyz` says of the database."""

from servicekit.testing.harness import RunningService


def test_readiness_names_a_missing_migration(library: RunningService) -> None:
    client = library.app.test_client()
    assert client.get("/readyz").status_code == 200
    with library.service.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["database"]) == (503, "migrations missing: tests.toy")


def test_readiness_names_a_database_that_newer_code_has_migrated(library: RunningService) -> None:
    with library.service.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE kit_version SET version_num = '9999'")
    answer = library.app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "migrated by newer code, which should run here: servicekit"
