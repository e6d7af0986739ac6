"""What must be there before anybody can come in: the shipped roles, and the administrator the environment names."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.identity.access import rules
from gateway.identity.sessions.actions import make_login_link
from gateway.identity.staff import actions as users
from gateway.identity.staff import queries
from gateway.identity.staff.models import Role, User
from servicekit.auth import Kind, Principal, Scope
from servicekit.database.upsert import insert_if_absent
from servicekit.errors import NotFound
from servicekit.ids import new_id


def prepare(session: Session, *, now: datetime, admin_email: str = "", admin_password: str = "") -> None:
    """Roles and the first administrator; repeated, or in two processes at once, nothing happens twice."""
    for key, name, permissions, scope in rules.SHIPPED_ROLES:
        insert_if_absent(
            session,
            Role,
            id=new_id("rol"),
            key=key,
            name=name,
            permissions=list(permissions),
            scope=scope,
            is_shipped=True,
            version=1,
            created_at=now,
            updated_at=now,
        )
    if not admin_email:
        return
    # The row lock on the role makes the second process wait here, and then see the first one's administrator.
    session.scalars(select(Role).where(Role.key == "administrator").with_for_update()).one()
    if queries.first_administrator(session) is None:
        _create_administrator(session, now=now, email=admin_email, password=admin_password or None)


def _create_administrator(session: Session, *, now: datetime, email: str, password: str | None) -> User:
    return users.create_user(
        session,
        by=None,
        now=now,
        email=email,
        name="Administrator",
        password=password,
        roles=["administrator"],
    )


def link_for(session: Session, *, now: datetime, email: str = "") -> str:
    """The token of a one-time link for this user, or for the first administrator, who is made if need be."""
    if email:
        user = queries.user_by_email(session, rules.normal_email(email))
        if user is None or not user.is_active:
            raise NotFound(f"There is no active user {email}.")
    else:
        user = queries.first_administrator(session)
        user = user or _create_administrator(session, now=now, email="admin@localhost.localdomain", password=None)
    return make_login_link(session, user=user, now=now)


def operator(session: Session, *, email: str = "") -> Principal:
    """The administrator in whose name a command of the operator acts."""
    user = queries.user_by_email(session, rules.normal_email(email)) if email else queries.first_administrator(session)
    if user is None:
        raise NotFound("There is no administrator yet: set CRM_ADMIN_EMAIL, or run `login-link` first.")
    return Principal(id=user.id, kind=Kind.USER, name=user.name, permissions=frozenset({"*"}), scope=Scope.ALL)
