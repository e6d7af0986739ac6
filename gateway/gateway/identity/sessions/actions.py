"""Browser sessions: starting, redeeming a one-time link, ending.

For the console: `start_session` and `sign_in` take the service's `Database`, because a wrong password must stay
counted though the request fails; the others take the `Session` of the view's own transaction. Times are passed in.
Who is asking comes from `gateway.http.authentication.current_principal()`; set and clear the cookie with its
`set_session_cookie(response, token)` and `clear_session_cookie(response)`; read it with `session_token()`.

    token = start_session(database, email=…, password=…, now=…, ip=request.remote_addr or "", user_agent=…)
    token = redeem_login_link(session, token=…, now=…, ip=…, user_agent=…)
    end_session(session, token=…)
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from gateway.identity.access import rules
from gateway.identity.sessions import throttle
from gateway.identity.sessions.passwords import hash_password, is_password, needs_new_hash
from gateway.identity.staff.models import LoginLink, LoginSession, User
from servicekit.database.engine import Database
from servicekit.errors import NotFound, Unauthenticated
from servicekit.ids import new_id

log = logging.getLogger(__name__)


class WrongPassword(Unauthenticated):
    """The address is unknown, the password is wrong or the user is disabled: always the same answer."""


class LinkIsOver(Unauthenticated):
    """A one-time link that was used, is too old or never was."""


@dataclass(frozen=True, kw_only=True)
class _Known:
    user_id: str | None
    password_hash: str | None


def sign_in(database: Database, *, email: str, password: str, now: datetime, ip: str) -> str:
    """The id of the user with this password. Raises WrongPassword, or TooMany while the throttle says wait."""
    user_id = prove_password(database, email=email, password=password, now=now, ip=ip)
    log.info("signed in", extra={"address": ip, "user_id": user_id})
    return user_id


def prove_password(database: Database, *, email: str, password: str, now: datetime, ip: str) -> str:
    """What `sign_in` checks and counts, also for a user who is inside already.

    The slow hash is computed between transactions: nobody else waits for it.
    """
    known = _look_up(database, email=email, now=now, ip=ip)
    if not is_password(password[: rules.PASSWORD_LONGEST + 1], known.password_hash) or known.user_id is None:
        with database.write() as session:
            throttle.remember_failure(session, email=email, ip=ip, now=now)
        log.warning("password refused", extra={"address": ip, "user_id": known.user_id})
        raise WrongPassword("The e-mail address or the password is wrong.")
    with database.write() as session:
        throttle.remember_success(session, email=email, ip=ip, now=now)
        if known.password_hash is not None and needs_new_hash(known.password_hash):
            session.execute(update(User).where(User.id == known.user_id).values(password_hash=hash_password(password)))
    return known.user_id


def _look_up(database: Database, *, email: str, now: datetime, ip: str) -> _Known:
    with database.read() as session:
        throttle.check_may_try(session, email=email, ip=ip, now=now)
        user = session.scalars(select(User).where(User.email == rules.normal_email(email))).one_or_none()
        if user is None or not user.is_active:
            return _Known(user_id=None, password_hash=None)
        return _Known(user_id=user.id, password_hash=user.password_hash)


def start_session(
    database: Database, *, email: str, password: str, now: datetime, ip: str, user_agent: str = ""
) -> str:
    """Sign in and give the token for the session cookie. Raises WrongPassword or TooMany (with Retry-After)."""
    user_id = sign_in(database, email=email, password=password, now=now, ip=ip)
    with database.write() as session:
        return open_session(session, user_id=user_id, now=now, ip=ip, user_agent=user_agent)


def open_session(session: Session, *, user_id: str, now: datetime, ip: str, user_agent: str = "") -> str:
    """A new session with a new token; sessions that are over are swept out on the way."""
    session.execute(delete(LoginSession).where(_is_over(now)))
    token = rules.new_secret()
    session.add(
        LoginSession(
            id=new_id("ses"),
            token_hash=rules.digest(token),
            user_id=user_id,
            ip=ip[:45],
            user_agent=user_agent[:200],
            created_at=now,
            last_seen_at=now,
        )
    )
    return token


def _is_over(now: datetime) -> ColumnElement[bool]:
    return (LoginSession.last_seen_at <= now - rules.SESSION_IDLE) | (
        LoginSession.created_at <= now - rules.SESSION_ABSOLUTE
    )


def make_login_link(session: Session, *, user: User, now: datetime) -> str:
    """The token of a link that signs this user in once, within a quarter of an hour."""
    session.execute(delete(LoginLink).where(LoginLink.expires_at <= now))
    token = rules.new_secret()
    session.add(LoginLink(token_hash=rules.digest(token), user_id=user.id, expires_at=now + rules.LINK_LIFE))
    return token


def redeem_login_link(session: Session, *, token: str, now: datetime, ip: str = "", user_agent: str = "") -> str:
    """Turn a one-time link into a session token; the second time, and for a disabled user, raises LinkIsOver."""
    used = session.execute(
        update(LoginLink)
        .where(LoginLink.token_hash == rules.digest(token), LoginLink.used_at.is_(None), LoginLink.expires_at > now)
        .values(used_at=now)
        .returning(LoginLink.user_id)
    ).scalar_one_or_none()
    user = session.get(User, used) if used else None
    if user is None or not user.is_active:
        raise LinkIsOver("This link has been used or is too old. Ask for a new one.")
    return open_session(session, user_id=user.id, now=now, ip=ip, user_agent=user_agent)


def end_session(session: Session, *, token: str) -> None:
    """Sign this browser out; the second time does nothing."""
    session.execute(delete(LoginSession).where(LoginSession.token_hash == rules.digest(token)))


def revoke_session(session: Session, *, id: str, user_id: str | None) -> None:
    """End one session by its id; with `user_id`, only one of this user's."""
    found = session.get(LoginSession, id)
    if found is None or (user_id is not None and found.user_id != user_id):
        raise NotFound("There is no such session.")
    session.delete(found)


def end_sessions_of(session: Session, *, user_id: str) -> None:
    """Sign a user out everywhere."""
    session.execute(delete(LoginSession).where(LoginSession.user_id == user_id))
