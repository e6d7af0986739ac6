"""Tables of the projections; `sequence` is the version of the last event applied, so an older one changes nothing."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cases.base import Base


class CustomerProjection(Base):
    """A customer as this service needs it: to show, to find, and to refuse work for an archived one."""

    __tablename__ = "known_customers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(300), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    is_archived: Mapped[bool]
    is_blocked: Mapped[bool]
    owner_id: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(String(40))


class ContactProjection(Base):
    """This person is a contact of this organization; published once, so there is no `sequence`."""

    __tablename__ = "known_contacts"

    organization_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(40), primary_key=True)


class UserProjection(Base):
    """A member of staff: may work be given to them, and what are they called."""

    __tablename__ = "known_users"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    is_active: Mapped[bool]
    manager_id: Mapped[str | None] = mapped_column(String(40))


class UserRoleProjection(Base):
    """A user has this role."""

    __tablename__ = "known_user_roles"

    user_id: Mapped[str] = mapped_column(ForeignKey("known_users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)


class UserTeamProjection(Base):
    """A user is in this team."""

    __tablename__ = "known_user_teams"

    user_id: Mapped[str] = mapped_column(ForeignKey("known_users.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
