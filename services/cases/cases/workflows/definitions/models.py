"""Tables of workflow definitions and their published versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cases.base import Base
from servicekit.database.types import Json, UtcDateTime
from servicekit.database.versioned import Versioned


class WorkflowDefinition(Versioned, Base):
    """A workflow as its authors see it; `steps` is the draft, `published` the version that new runs take."""

    __tablename__ = "workflow_definitions"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    entity_type: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    published_id: Mapped[str | None] = mapped_column(String(40))
    published: Mapped["WorkflowVersion | None"] = relationship(
        primaryjoin="foreign(WorkflowDefinition.published_id) == WorkflowVersion.id", lazy="joined"
    )

    @property
    def published_version(self) -> int | None:
        """The number of the version that new runs take."""
        return self.published.number if self.published else None


class WorkflowVersion(Base):
    """What was published: written once, never changed; runs stay on theirs."""

    __tablename__ = "workflow_versions"
    __table_args__ = (UniqueConstraint("definition_id", "number"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("workflow_definitions.id"))
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    graph: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    checksum: Mapped[str] = mapped_column(String(64))
    published_by: Mapped[str | None] = mapped_column(String(40))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
