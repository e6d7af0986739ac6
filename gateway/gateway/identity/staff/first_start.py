"""The first start: the shipped roles and the first administrator are made before anybody can come in."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.identity.sessions.actions import create_login_link
from gateway.identity.sessions.rules import normalize_email
from gateway.identity.staff import queries, rules
from gateway.identity.staff.actions import create_user
from gateway.identity.staff.models import Role, User
from servicekit.actor import Actor
from servicekit.auth import Kind, Principal, Scope
from servicekit.database.upsert import insert_if_absent
from servicekit.errors import NotFound
from servicekit.ids import new_id
from servicekit.service import Service


def prepare(service: Service) -> None:
    """Roles and the first administrator; repeated, or in two processes at once, nothing happens twice."""
    settings = service.settings
    with service.database.write() as session:
        by = Actor.system(now=service.clock())
        _insert_shipped_roles(session, by=by)
        if settings.admin_email:
            _ensure_administrator(session, by=by, email=settings.admin_email, password=settings.admin_password or None)
    service.wake(has_events=True)


def create_operators_link(session: Session, *, by: Actor, email: str = "") -> str:
    """The token of a one-time link for this user, or for the first administrator, who is made if need be."""
    if email:
        user = queries.find_user_by_email(session, normalize_email(email))
        if user is None or not user.is_active:
            raise NotFound(f"There is no active user {email}.")
    else:
        user = queries.find_first_administrator(session) or _create_administrator(
            session, by=by, email="admin@localhost.localdomain", password=None
        )
    return create_login_link(session, by=by, user_id=user.id)


def get_operator(session: Session, *, email: str = "") -> Principal:
    """The administrator in whose name a command of the operator acts."""
    if email:
        user = queries.find_user_by_email(session, normalize_email(email))
    else:
        user = queries.find_first_administrator(session)
    if user is None:
        raise NotFound("There is no administrator yet: set CRM_ADMIN_EMAIL, or run `login-link` first.")
    return Principal(id=user.id, kind=Kind.USER, name=user.name, permissions=frozenset({"*"}), scope=Scope.ALL)


def _insert_shipped_roles(session: Session, *, by: Actor) -> None:
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
            created_at=by.now,
            updated_at=by.now,
        )


def _ensure_administrator(session: Session, *, by: Actor, email: str, password: str | None) -> None:
    # The row lock on the role makes the second process wait here, and then see the first one's administrator.
    session.scalars(select(Role).where(Role.key == "administrator").with_for_update()).one()
    if queries.find_first_administrator(session) is None:
        _create_administrator(session, by=by, email=email, password=password)


def _create_administrator(session: Session, *, by: Actor, email: str, password: str | None) -> User:
    return create_user(session, by=by, email=email, name="Administrator", password=password, roles=["administrator"])
