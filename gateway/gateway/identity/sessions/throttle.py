"""The throttle on guessing: login failures are counted per account and per address; nobody is ever locked out."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gateway.identity.access.rules import digest
from gateway.identity.sessions import rules
from gateway.identity.sessions.models import LoginFailure
from servicekit.database.upsert import insert_if_absent
from servicekit.errors import TooMany


def check_may_try(session: Session, *, email: str, ip: str, now: datetime) -> None:
    """Refuse a try that comes too early; the answer is the same whether the account exists or not."""
    wait = 0
    subjects = _subjects(email, ip)
    if _has_signed_in_from(session, email=email, ip=ip, now=now):
        subjects = subjects[:1]  # other people's failures at this address are not theirs
    for subject, free in subjects:
        row = session.get(LoginFailure, subject)
        if row is not None and now - row.last_at < rules.FAILURES_FORGOTTEN_AFTER:
            wait = max(wait, rules.seconds_to_wait(row.failures, row.last_at, now, free=free))
    if wait:
        error = TooMany("Too many wrong passwords. Wait a moment, then try again.")
        error.headers["Retry-After"] = str(wait)
        raise error


def record_failure(session: Session, *, email: str, ip: str, now: datetime) -> None:
    """Count one more for the account and for the address."""
    for subject, _ in _subjects(email, ip):
        insert_if_absent(session, LoginFailure, subject=subject, failures=0, last_at=now)
        row = session.scalars(select(LoginFailure).where(LoginFailure.subject == subject).with_for_update()).one()
        is_old = now - row.last_at >= rules.FAILURES_FORGOTTEN_AFTER
        row.failures = 1 if is_old else row.failures + 1
        row.last_at = now


def record_success(session: Session, *, email: str, ip: str, now: datetime) -> None:
    """The right password clears the account, not the address: one account of one's own would reset every guess.

    From then on this account waits at this address for its own failures alone.
    """
    session.execute(delete(LoginFailure).where(LoginFailure.subject == _account(email)))
    if ip:
        subject = _account_at_address(email, ip)
        insert_if_absent(session, LoginFailure, subject=subject, failures=0, last_at=now)
        session.execute(update(LoginFailure).where(LoginFailure.subject == subject).values(last_at=now))


def _has_signed_in_from(session: Session, *, email: str, ip: str, now: datetime) -> bool:
    row = session.get(LoginFailure, _account_at_address(email, ip))
    return row is not None and now - row.last_at < rules.ADDRESS_KNOWN_FOR


def _subjects(email: str, ip: str) -> list[tuple[str, int]]:
    subjects = [(_account(email), rules.ACCOUNT_FREE_FAILURES)]
    if ip:
        subjects.append((digest(f"address:{ip}"), rules.ADDRESS_FREE_FAILURES))
    return subjects


def _account_at_address(email: str, ip: str) -> str:
    return digest(f"account:{rules.normalize_email(email)} address:{ip}")


def _account(email: str) -> str:
    return digest(f"account:{rules.normalize_email(email)}")
