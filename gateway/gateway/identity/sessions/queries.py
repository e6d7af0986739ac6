"""The sessions of a user, and whom a session or an access token speaks for."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gateway.identity.access.principals import Authenticated, principal_of
from gateway.identity.access.rules import USE_RECORDED_EVERY, digest
from gateway.identity.sessions import rules
from gateway.identity.sessions.models import AccessToken, LoginSession
from servicekit.auth import Principal
from servicekit.errors import NotFound


def own_sessions(principal: Principal) -> Select[LoginSession]:
    """The browsers in which the caller is signed in."""
    return select(LoginSession).where(LoginSession.user_id == principal.id)


def get_own_session(session: Session, principal: Principal, id: str) -> LoginSession:
    """One of the caller's own; raises NotFound."""
    found = session.scalars(own_sessions(principal).where(LoginSession.id == id)).one_or_none()
    if found is None:
        raise NotFound("There is no such session.")
    return found


def find_by_session(session: Session, token: str, now: datetime) -> Authenticated | None:
    """Who signed in with this cookie; None when the session is over, ended or its user disabled."""
    found = session.scalars(select(LoginSession).where(LoginSession.token_hash == digest(token))).one_or_none()
    if found is None or not found.user.is_active:
        return None
    if now - found.last_seen_at >= rules.SESSION_IDLE or now - found.created_at >= rules.SESSION_ABSOLUTE:
        return None
    is_use_due = now - found.last_seen_at >= USE_RECORDED_EVERY
    return Authenticated(principal=principal_of(found.user), is_use_due=is_use_due)


def find_by_access_token(session: Session, token: str, now: datetime) -> Authenticated | None:
    """Whom this access token speaks for; None when it is expired, revoked or its user disabled."""
    found = session.scalars(select(AccessToken).where(AccessToken.token_hash == digest(token))).one_or_none()
    if found is None or found.expires_at <= now or not found.user.is_active:
        return None
    return Authenticated(principal=principal_of(found.user))
