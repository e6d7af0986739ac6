"""Users, their roles and their teams."""

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gateway.base import Base
from servicekit.database.types import Json
from servicekit.database.versioned import Versioned

user_roles = Table(
    "user_roles",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True, index=True),
)
user_teams = Table(
    "user_teams",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("team_id", ForeignKey("teams.id"), primary_key=True, index=True),
)


class Role(Versioned, Base):
    """A named set of permissions and how far they reach: own records, the team's or all."""

    __tablename__ = "roles"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    permissions: Mapped[list[str]] = mapped_column(Json)
    scope: Mapped[str] = mapped_column(String(10))
    is_shipped: Mapped[bool] = mapped_column(default=False)


class Team(Versioned, Base):
    """People who share their records."""

    __tablename__ = "teams"

    name: Mapped[str] = mapped_column(String(120), unique=True)


class User(Versioned, Base):
    """A member of the staff; `email` is kept in lower case."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    language: Mapped[str] = mapped_column(String(35), default="en")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    manager_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    roles: Mapped[list[Role]] = relationship(secondary=user_roles, lazy="selectin", order_by=Role.key)
    teams: Mapped[list[Team]] = relationship(secondary=user_teams, lazy="selectin", order_by=Team.id)

    @property
    def role_keys(self) -> list[str]:
        """How the API and the events name the roles."""
        return [role.key for role in self.roles]

    @property
    def team_ids(self) -> list[str]:
        """How the API and the events name the teams."""
        return [team.id for team in self.teams]
