"""Signing in with a password: the same answer for known and unknown addresses, and slow for those who guess.

These functions take the service's `Database` instead of a `Session`: a wrong password must stay counted though the
request fails, and nobody may wait for a lock while the slow hash is computed.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from gateway.identity.sessions import throttle
from gateway.identity.sessions.actions import open_session
from gateway.identity.sessions.passwords import hash_password, is_password, needs_new_hash
from gateway.identity.sessions.rules import PASSWORD_LONGEST, normalize_email
from gateway.identity.staff.models import User
from gateway.identity.staff.queries import find_user_by_email
from servicekit.actor import Actor
from servicekit.auth import ANONYMOUS
from servicekit.database.engine import Database
from servicekit.errors import Unauthenticated

log = logging.getLogger(__name__)


class WrongPassword(Unauthenticated):
    """The address is unknown, the password is wrong or the user is disabled: always the same answer."""


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """What is stored of the user with this address; nothing where there is none who may come in."""

    user_id: str | None = None
    password_hash: str | None = None


def start_session(
    database: Database, *, email: str, password: str, now: datetime, ip: str, user_agent: str = ""
) -> str:
    """Sign a browser in; returns the token for its cookie. Raises WrongPassword, or TooMany with Retry-After."""
    user_id = sign_in(database, email=email, password=password, now=now, ip=ip)
    with database.write() as session:
        by = Actor.of(ANONYMOUS, now=now)
        return open_session(session, by=by, user_id=user_id, ip=ip, user_agent=user_agent)


def sign_in(database: Database, *, email: str, password: str, now: datetime, ip: str) -> str:
    """The id of the user with this password. Raises WrongPassword, or TooMany while the throttle says wait."""
    user_id = verify_password(database, email=email, password=password, now=now, ip=ip)
    log.info("signed in", extra={"address": ip, "user_id": user_id})
    return user_id


def verify_password(database: Database, *, email: str, password: str, now: datetime, ip: str) -> str:
    """As `sign_in`, also for a user who is signed in already."""
    stored = _look_up(database, email=email, now=now, ip=ip)
    if not is_password(password[: PASSWORD_LONGEST + 1], stored.password_hash) or stored.user_id is None:
        with database.write() as session:
            throttle.record_failure(session, email=email, ip=ip, now=now)
        log.warning("password refused", extra={"address": ip, "user_id": stored.user_id})
        raise WrongPassword("The e-mail address or the password is wrong.")
    with database.write() as session:
        throttle.record_success(session, email=email, ip=ip, now=now)
        if stored.password_hash is not None and needs_new_hash(stored.password_hash):
            session.execute(update(User).where(User.id == stored.user_id).values(password_hash=hash_password(password)))
    return stored.user_id


def _look_up(database: Database, *, email: str, now: datetime, ip: str) -> _Stored:
    with database.read() as session:
        throttle.check_may_try(session, email=email, ip=ip, now=now)
        user = find_user_by_email(session, normalize_email(email))
        if user is None or not user.is_active:
            return _Stored()
        return _Stored(user_id=user.id, password_hash=user.password_hash)
