"""The table of case types."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from cases.base import Base
from servicekit.database.versioned import Versioned


class CaseType(Versioned, Base):
    """A kind of case; `default_workflow` is the key of the workflow that a new one starts."""

    __tablename__ = "case_types"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    default_workflow: Mapped[str | None] = mapped_column(String(60))
