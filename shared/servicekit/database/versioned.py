"""Optimistic locking: the mixin of every aggregate, whose version counts its changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from servicekit.database.types import UtcDateTime


class Versioned:
    """An aggregate: `version` counts its changes; it guards against lost updates, and is ETag and events' sequence."""

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy's own form
        """SQLAlchemy raises StaleDataError where two transactions change the same version."""
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]

    def bump(self, now: datetime) -> None:
        """Make the next flush a new version, also where nothing else of the row changes and `now` is no new instant."""
        self.updated_at = now
        flag_modified(self, "updated_at")
