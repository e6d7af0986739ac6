"""How users, roles and teams are filtered, sorted and searched."""

from sqlalchemy import or_

from gateway.identity.staff.models import Role, Team, User
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing

USERS = Listing(
    id=User.id,
    filters={
        "email": text(User.email),
        "is_active": flag(User.is_active),
        "manager_id": text(User.manager_id, nullable=True),
        "created_at": instant(User.created_at),
    },
    sorts={"name": User.name, "created_at": User.created_at},
    default_sort="name",
    search=lambda q: or_(User.name.icontains(q, autoescape=True), User.email.icontains(q, autoescape=True)),
)
ROLES = Listing(id=Role.id, filters={"key": text(Role.key)}, sorts={"key": Role.key}, default_sort="key")
TEAMS = Listing(
    id=Team.id,
    sorts={"name": Team.name},
    default_sort="name",
    search=lambda q: Team.name.icontains(q, autoescape=True),
)
