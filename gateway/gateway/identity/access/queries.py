"""Which API keys a caller sees, and whom a key speaks for."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gateway.identity.access import rules
from gateway.identity.access.models import ApiKey
from gateway.identity.access.principals import Authenticated, principal_of
from servicekit.auth import Kind, Principal
from servicekit.errors import NotFound


def visible_keys(principal: Principal) -> Select[ApiKey]:
    """One's own; who administers users sees all."""
    found = select(ApiKey).where(ApiKey.revoked_at.is_(None))
    return found if principal.can("users:admin") else found.where(ApiKey.user_id == principal.id)


def get_visible_key(session: Session, principal: Principal, id: str) -> ApiKey:
    """One of those that this caller sees; raises NotFound."""
    found = session.scalars(visible_keys(principal).where(ApiKey.id == id)).one_or_none()
    if found is None:
        raise NotFound("There is no such key.")
    return found


def find_by_key(session: Session, text: str, now: datetime) -> Authenticated | None:
    """Whom this key speaks for; None when it is wrong, expired, revoked or its user disabled."""
    key_id = rules.read_key(text)
    found = session.get(ApiKey, key_id) if key_id else None
    if found is None or found.secret_hash != rules.digest(rules.secret_of_key(text)):
        return None
    is_over = found.revoked_at is not None or (found.expires_at is not None and found.expires_at <= now)
    if is_over or not found.user.is_active:
        return None
    principal = principal_of(found.user, kind=Kind.KEY, permissions=frozenset(found.permissions))
    is_use_due = found.last_used_at is None or now - found.last_used_at >= rules.USE_RECORDED_EVERY
    return Authenticated(principal=principal, is_use_due=is_use_due)
