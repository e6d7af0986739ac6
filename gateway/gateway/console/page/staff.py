"""Names of the staff, for owners, authors and select boxes; read from the gateway's own table of users."""

from flask import current_app, g
from sqlalchemy import select

from gateway.identity.staff.models import User

MOST = 1000


def _users() -> dict[str, tuple[str, bool]]:
    if "staff" not in g:
        with current_app.extensions["service"].database.read() as session:
            rows = session.execute(select(User.id, User.name, User.is_active).order_by(User.name).limit(MOST))
            g.staff = {id: (name, is_active) for id, name, is_active in rows}
    found: dict[str, tuple[str, bool]] = g.staff
    return found


def names() -> dict[str, str]:
    """Name by id, of those who left too."""
    return {id: name for id, (name, _) in _users().items()}


def name_of(id: str | None) -> str:
    """The name of one of them; empty where nobody is meant or known."""
    return _users().get(id or "", ("", False))[0]


def choices() -> list[tuple[str, str]]:
    """Id and name of everybody who can be given something."""
    return [(id, name) for id, (name, is_active) in _users().items() if is_active]
