"""What happens to API keys: made, used, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from gateway.identity.access import rules
from gateway.identity.access.models import ApiKey
from servicekit.actor import Actor
from servicekit.auth import Kind
from servicekit.errors import Forbidden, one_field
from servicekit.ids import new_id


@dataclass(frozen=True, kw_only=True)
class NewApiKey:
    """A key and, this one time, its secret text."""

    key: ApiKey
    secret: str


def create_api_key(
    session: Session, *, by: Actor, name: str, permissions: Sequence[str], expires_at: datetime | None = None
) -> NewApiKey:
    """A key in the name of its maker, with no more rights than the maker has; only its digest is stored."""
    if by.kind is Kind.KEY:  # or whoever stole one would outlive its end
        raise Forbidden("A key cannot make another key. Sign in yourself.")
    rules.check_permissions(permissions)
    rules.check_grants(permissions, by=by)
    if expires_at is not None and expires_at <= by.now:
        raise one_field("/expires_at", "past", "Choose a time that is still to come.")
    key_id = new_id("key")
    secret = rules.new_secret()
    key = ApiKey(
        id=key_id,
        user_id=by.id,
        name=name,
        secret_hash=rules.digest(secret),
        permissions=sorted(set(permissions)),
        created_at=by.now,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    return NewApiKey(key=key, secret=rules.write_key(key_id, secret))


def revoke_api_key(session: Session, key: ApiKey, *, by: Actor) -> None:
    """No request is accepted with it any more; the row stays, as the trace of who had it."""
    if key.user_id != by.id:
        rules.check_may_manage(key.user, by=by)
    key.revoked_at = key.revoked_at or by.now


def revoke_keys_of_user(session: Session, user_id: str, *, by: Actor) -> None:
    """All keys of a user who may no longer come in, or whose password somebody else has set."""
    session.execute(
        update(ApiKey).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None)).values(revoked_at=by.now)
    )


def record_key_use(session: Session, text: str, *, by: Actor) -> None:
    """The key with this text was used now."""
    session.execute(update(ApiKey).where(ApiKey.id == rules.read_key(text)).values(last_used_at=by.now))
