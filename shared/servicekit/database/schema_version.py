"""Schema version: which migrations this code has and which the database had, without loading Alembic."""

import re
from importlib import resources

from sqlalchemy import Engine, inspect, text

_REVISION = re.compile(r'^(down_)?revision(?::[^=]+)? = (?:"(\w+)"|None)', re.MULTILINE)


def owners(package: str) -> tuple[tuple[str, str], ...]:
    """Whose migrations a database has, and in which table each keeps its level: the kit's, then the service's."""
    return (("servicekit.database", "kit_version"), (package, "alembic_version"))


def difference(engine: Engine, package: str) -> str:
    """What keeps this code from working with the database, in words; nothing when both are at one level."""
    missing, ahead = [], []
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        for owner, table in owners(package):
            had = set(connection.scalars(text(f"SELECT version_num FROM {table}"))) if table in tables else set()  # noqa: S608 - our own two names
            known = revisions(owner)
            if had - set(known):
                ahead.append(owner.removesuffix(".database"))
            elif had != {known[-1]}:
                missing.append(owner.removesuffix(".database"))
    said = [f"migrations missing: {', '.join(missing)}"] if missing else []
    if ahead:
        said.append(f"migrated by newer code, which should run here: {', '.join(ahead)}")
    return "; ".join(said)


def revisions(owner: str) -> list[str]:
    """All that this code knows; the last one is the one that no other one follows."""
    known: set[str] = set()
    followed: set[str] = set()
    for file in (resources.files(owner) / "migrations" / "versions").iterdir():
        if file.name.endswith(".py"):
            for is_down, revision in _REVISION.findall(file.read_text(encoding="utf-8")):
                (followed if is_down else known).add(revision)
    return [*sorted(known & followed), *(known - followed)]
