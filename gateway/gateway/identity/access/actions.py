"""What programs show at the door: API keys, and bearer tokens got for a password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gateway.identity.access import rules
from gateway.identity.staff import actions as users
from gateway.identity.staff.models import AccessToken, ApiKey
from servicekit.auth import Kind, Principal
from servicekit.errors import FieldError, Forbidden, Invalid
from servicekit.ids import new_id


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key and, this one time, its secret text."""

    key: ApiKey
    secret: str


def make_key(
    session: Session,
    *,
    by: Principal,
    now: datetime,
    name: str,
    permissions: Sequence[str],
    expires_at: datetime | None = None,
) -> NewKey:
    """A key in the name of its maker, with no more rights than the maker has; the text is not kept."""
    if by.kind is Kind.KEY:  # or whoever stole one would outlive its end
        raise Forbidden("A key cannot make another key. Sign in yourself.")
    rules.check_permissions(permissions)
    users.check_grants(permissions, by=by)
    if expires_at is not None and expires_at <= now:
        detail = "Choose a time that is still to come."
        raise Invalid(detail, fields=[FieldError(pointer="/expires_at", code="past", detail=detail)])
    key_id = new_id("key")
    secret = rules.new_secret()
    key = ApiKey(
        id=key_id,
        user_id=by.id,
        name=name,
        secret_hash=rules.digest(secret),
        permissions=sorted(set(permissions)),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    return NewKey(key=key, secret=rules.write_key(key_id, secret))


def revoke_key(key: ApiKey, *, now: datetime) -> None:
    """It opens nothing any more; the row stays, as the trace of who had it."""
    key.revoked_at = key.revoked_at or now


def make_token(session: Session, *, user_id: str, now: datetime) -> str:
    """A bearer token for twelve hours; tokens that are over are swept out on the way."""
    session.execute(delete(AccessToken).where(AccessToken.expires_at <= now))
    token = rules.new_access_token()
    session.add(
        AccessToken(
            id=new_id("tok"),
            token_hash=rules.digest(token),
            user_id=user_id,
            created_at=now,
            expires_at=now + rules.TOKEN_LIFE,
        )
    )
    return token


def revoke_token(session: Session, *, token: str) -> None:
    """Give a token back before its time; the second time does nothing."""
    session.execute(delete(AccessToken).where(AccessToken.token_hash == rules.digest(token)))
