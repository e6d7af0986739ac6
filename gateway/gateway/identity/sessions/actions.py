"""What happens to sessions, access tokens and login links: they begin, are used, and end."""

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.orm import Session

from gateway.identity.access.rules import digest, new_secret
from gateway.identity.sessions import rules
from gateway.identity.sessions.models import AccessToken, LoginLink, LoginSession
from servicekit.actor import Actor
from servicekit.errors import Unauthenticated
from servicekit.ids import new_id


class LinkIsOver(Unauthenticated):
    """A one-time link that was used, is too old or never was."""


def open_session(session: Session, *, by: Actor, user_id: str, ip: str, user_agent: str = "") -> str:
    """A new session: its token, which the browser stores in a cookie. Expired sessions are deleted on the way."""
    is_over: ColumnElement[bool] = (LoginSession.last_seen_at <= by.now - rules.SESSION_IDLE) | (
        LoginSession.created_at <= by.now - rules.SESSION_ABSOLUTE
    )
    session.execute(delete(LoginSession).where(is_over))
    token = new_secret()
    session.add(
        LoginSession(
            id=new_id("ses"),
            token_hash=digest(token),
            user_id=user_id,
            ip=ip[:45],
            user_agent=user_agent[:200],
            created_at=by.now,
            last_seen_at=by.now,
        )
    )
    return token


def record_session_use(session: Session, token: str, *, by: Actor) -> None:
    """The session with this token was used now."""
    session.execute(update(LoginSession).where(LoginSession.token_hash == digest(token)).values(last_seen_at=by.now))


def end_session(session: Session, token: str, *, by: Actor) -> None:
    """Sign this browser out; the second time does nothing."""
    session.execute(delete(LoginSession).where(LoginSession.token_hash == digest(token)))


def revoke_session(session: Session, login: LoginSession, *, by: Actor) -> None:
    """Sign one of one's other browsers out."""
    session.delete(login)


def issue_access_token(session: Session, *, by: Actor, user_id: str) -> str:
    """A bearer token for twelve hours; expired ones are deleted on the way."""
    session.execute(delete(AccessToken).where(AccessToken.expires_at <= by.now))
    token = rules.new_access_token()
    session.add(
        AccessToken(
            id=new_id("tok"),
            token_hash=digest(token),
            user_id=user_id,
            created_at=by.now,
            expires_at=by.now + rules.TOKEN_LIFE,
        )
    )
    return token


def create_login_link(session: Session, *, by: Actor, user_id: str) -> str:
    """The token of a link that signs this user in once, within a quarter of an hour."""
    session.execute(delete(LoginLink).where(LoginLink.expires_at <= by.now))
    token = new_secret()
    session.add(LoginLink(token_hash=digest(token), user_id=user_id, expires_at=by.now + rules.LINK_LIFE))
    return token


def redeem_login_link(session: Session, token: str, *, by: Actor, ip: str = "", user_agent: str = "") -> str:
    """Turn a one-time link into the token of a session; raises LinkIsOver the second time and for a disabled user."""
    link_hash = digest(token)
    is_first = session.execute(
        update(LoginLink)
        .where(LoginLink.token_hash == link_hash, LoginLink.used_at.is_(None), LoginLink.expires_at > by.now)
        .values(used_at=by.now)
        .returning(LoginLink.token_hash)
    ).scalar_one_or_none()
    link = session.get_one(LoginLink, link_hash) if is_first else None
    if link is None or not link.user.is_active:
        raise LinkIsOver("This link has been used or is too old. Ask for a new one.")
    return open_session(session, by=by, user_id=link.user_id, ip=ip, user_agent=user_agent)


def sign_out_user(session: Session, user_id: str, *, by: Actor) -> None:
    """Every session, access token and login link of this user ends."""
    for table in (LoginSession, AccessToken, LoginLink):
        session.execute(delete(table).where(table.user_id == user_id))
