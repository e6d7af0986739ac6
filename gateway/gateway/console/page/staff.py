"""Colleagues by name, for owners, authors and pickers; read from the gateway's own directory of users."""

from flask import current_app, g
from sqlalchemy import select

from gateway.identity.models import User

MOST = 1000


def _everybody() -> dict[str, tuple[str, bool]]:
    if "everybody" not in g:
        with current_app.extensions["service"].database.read() as session:
            rows = session.execute(select(User.id, User.name, User.is_active).order_by(User.name).limit(MOST))
            g.everybody = {id: (name, is_active) for id, name, is_active in rows}
    found: dict[str, tuple[str, bool]] = g.everybody
    return found


def names() -> dict[str, str]:
    """Name by id, of people who left too."""
    return {id: name for id, (name, _) in _everybody().items()}


def pickable() -> list[tuple[str, str]]:
    """Id and name of everybody who can be given something."""
    return [(id, name) for id, (name, is_active) in _everybody().items() if is_active]
