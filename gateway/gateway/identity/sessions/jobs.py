"""What the gateway does because time has passed: sweeps out what has ended."""

from datetime import timedelta

from sqlalchemy import delete

from gateway.identity.access import rules
from gateway.identity.staff.models import AccessToken, LoginFailure, LoginLink, LoginSession
from servicekit.runtime.jobs import Jobs, Work

jobs = Jobs()


@jobs.every(seconds=600)
def forget_what_is_over(work: Work) -> int:
    """Sessions, tokens and links whose time is over, and failures nobody counts any more."""
    now = work.now()
    over = (
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
        for statement in over:
            session.execute(statement)
    return 0
