"""Which migrations this code has and which the database had, without loading Alembic into every serving process."""

import re
from importlib import resources

from sqlalchemy import Engine, inspect, text

_REVISION = re.compile(r'^(down_)?revision(?::[^=]+)? = (?:"(\w+)"|None)', re.MULTILINE)


def owners(package: str) -> tuple[tuple[str, str], ...]:
    """Whose migrations a database has, and in which table each keeps its level: the kit's, then the service's."""
    return (("servicekit", "kit_version"), (package, "alembic_version"))


def missing_migrations(engine: Engine, package: str) -> list[str]:
    """Whose migrations the database still needs; empty when it is at this code's level."""
    missing = []
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        for owner, table in owners(package):
            had = set(connection.scalars(text(f"SELECT version_num FROM {table}"))) if table in tables else set()  # noqa: S608 - our own two names
            if had != {newest(owner)}:
                missing.append(owner)
    return missing


def newest(owner: str) -> str:
    """The revision that no other one follows."""
    revisions: set[str] = set()
    followed: set[str] = set()
    for file in (resources.files(owner) / "migrations" / "versions").iterdir():
        if file.name.endswith(".py"):
            for is_down, revision in _REVISION.findall(file.read_text(encoding="utf-8")):
                (followed if is_down else revisions).add(revision)
    return (revisions - followed).pop()
