"""What sessions do because time has passed: rows that have expired are deleted."""

from datetime import timedelta

from sqlalchemy import delete

from gateway.identity.sessions import rules
from gateway.identity.sessions.models import AccessToken, LoginFailure, LoginLink, LoginSession
from servicekit.jobs import Jobs, Work

jobs = Jobs()


@jobs.every(seconds=600)
def delete_expired_sessions(work: Work) -> int:
    """Sessions, tokens and links that have expired, and login failures that no longer count."""
    now = work.now()
    expired = (
        delete(LoginSession).where(LoginSession.last_seen_at <= now - rules.SESSION_IDLE),
        delete(LoginSession).where(LoginSession.created_at <= now - rules.SESSION_ABSOLUTE),
        delete(AccessToken).where(AccessToken.expires_at <= now),
        delete(LoginLink).where(LoginLink.expires_at <= now - timedelta(days=1)),
        delete(LoginFailure).where(
            LoginFailure.failures > 0, LoginFailure.last_at <= now - rules.FAILURES_FORGOTTEN_AFTER
        ),
        delete(LoginFailure).where(LoginFailure.last_at <= now - rules.ADDRESS_KNOWN_FOR),
    )
    with work.database.write() as session:
        for statement in expired:
            session.execute(statement)
    return 0
