"""The rules of signing in: how long sessions last, what a password must be, and how long a wrong one makes you wait."""

from datetime import datetime, timedelta

from gateway.identity.access.rules import new_secret
from servicekit.errors import FieldError, Invalid

SESSION_IDLE = timedelta(minutes=30)
SESSION_ABSOLUTE = timedelta(hours=12)
TOKEN_LIFE = timedelta(hours=12)
LINK_LIFE = timedelta(minutes=15)

PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 128
FEWEST_DIFFERENT = 5

ACCOUNT_FREE_FAILURES = 5
ADDRESS_FREE_FAILURES = 20
LONGEST_DELAY = timedelta(minutes=15)
FAILURES_FORGOTTEN_AFTER = timedelta(hours=24)
# An account that came in from an address does not wait there for the failures of others.
ADDRESS_KNOWN_FOR = timedelta(days=30)

TOKEN_PREFIX = "crm_at_"  # noqa: S105 - a public prefix for secret scanners


def normalize_email(email: str) -> str:
    """One spelling per mailbox, so that an address signs in however it is typed."""
    return email.strip().lower()


def check_password(password: str, *, email: str = "") -> None:
    """Long enough, not endless, not the address itself and not one key held down."""
    problem = ""
    if len(password) < PASSWORD_SHORTEST:
        problem = f"Use at least {PASSWORD_SHORTEST} characters."
    elif len(password) > PASSWORD_LONGEST:
        problem = f"Use at most {PASSWORD_LONGEST} characters."
    elif len(set(password)) < FEWEST_DIFFERENT or normalize_email(password) == normalize_email(email):
        problem = "Choose a password that is harder to guess."
    if problem:
        raise Invalid(problem, fields=[FieldError(pointer="/password", code="weak", detail=problem)])


def new_access_token() -> str:
    """An opaque bearer token; only its digest is kept, so it can be revoked and not be read back."""
    return f"{TOKEN_PREFIX}{new_secret()}"


def waiting_time(failures: int, *, free: int) -> timedelta:
    """How long after the last failure the next try is accepted: nothing at first, then 1, 2, 4 … seconds."""
    if failures < free:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - free, 20)), LONGEST_DELAY)


def seconds_to_wait(failures: int, last_at: datetime, now: datetime, *, free: int) -> int:
    """Whole seconds until the next try is accepted; 0 means now."""
    left = last_at + waiting_time(failures, free=free) - now
    return max(0, -(-int(left.total_seconds() * 1000) // 1000))
