"""The projections, which are local read models: an older event never overwrites one with a higher `sequence`."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class UserProjection(Base):
    """Somebody of the staff."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(320))
    language: Mapped[str | None] = mapped_column(String(35))
    is_active: Mapped[bool]


class CustomerProjection(Base):
    """A person or an organization."""

    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(320))
    language: Mapped[str | None] = mapped_column(String(35))
    primary_contact_id: Mapped[str | None] = mapped_column(String(40))


class ContactProjection(Base):
    """Somebody at an organization."""

    __tablename__ = "contacts"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    organization_id: Mapped[str] = mapped_column(String(40), index=True)
    is_primary: Mapped[bool]
    name: Mapped[str] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(320))


class CaseProjection(Base):
    """Whose a case is: it decides who is notified as its owner, and who may read its e-mails."""

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(500))
    customer_id: Mapped[str | None] = mapped_column(String(40))
    owner_id: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(String(40))
