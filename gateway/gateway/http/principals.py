"""From what somebody shows at the door to who they are; an answer is trusted for one second."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gateway.identity.access import rules
from gateway.identity.staff.models import AccessToken, ApiKey, LoginSession, User
from servicekit.auth import Kind, Principal, Scope
from servicekit.database.engine import Database

TRUSTED_SECONDS = 1.0
_MOST_KEPT = 5000


@dataclass(frozen=True, kw_only=True)
class Found:
    """Somebody known, and whether this use is worth writing down."""

    principal: Principal
    is_to_be_noted: bool = False


class Principals:
    """Looks people up in the database, at most once a second for each session, token or key."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, tuple[float, Principal]] = {}
        self._lock = threading.Lock()
        # A busy caller's requests arrive together when a second is over: one of them looks, the others take its answer.
        self._one_at_a_time = [threading.Lock() for _ in range(32)]

    def of_session(self, token: str, *, now: datetime) -> Principal | None:
        """Who signed in with this cookie; None when it is over, ended or its user disabled."""
        return self._of(token, now, _session_user, _note_session)

    def of_bearer(self, text: str, *, now: datetime) -> Principal | None:
        """Who a key or an access token speaks for; None when it is wrong, over, revoked or its user disabled."""
        if text.startswith(rules.KEY_PREFIX):
            return self._of(text, now, _key_user, _note_key)
        if text.startswith(rules.TOKEN_PREFIX):
            return self._of(text, now, _token_user, None)
        return None

    def forget(self) -> None:
        """Trust nothing longer: the next request of everybody is looked up."""
        with self._lock:
            self._kept.clear()

    def _of(
        self,
        text: str,
        now: datetime,
        look_up: Callable[[Session, str, datetime], Found | None],
        note: Callable[[Session, str, datetime], None] | None,
    ) -> Principal | None:
        slot = rules.digest(text)
        if (known := self._trusted(slot)) is not None:
            return known
        with self._one_at_a_time[hash(slot) % len(self._one_at_a_time)]:
            return self._trusted(slot) or self._look_up(slot, text, now, look_up, note)

    def _trusted(self, slot: str) -> Principal | None:
        kept = self._kept.get(slot)
        return kept[1] if kept is not None and time.monotonic() - kept[0] < TRUSTED_SECONDS else None

    def _look_up(
        self,
        slot: str,
        text: str,
        now: datetime,
        look_up: Callable[[Session, str, datetime], Found | None],
        note: Callable[[Session, str, datetime], None] | None,
    ) -> Principal | None:
        asked_at = time.monotonic()
        with self._database.read() as session:
            found = look_up(session, text, now)
        if found is None:
            with self._lock:
                self._kept.pop(slot, None)
            return None
        if found.is_to_be_noted and note is not None:
            with self._database.write() as session:
                note(session, text, now)
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[slot] = (asked_at, found.principal)
        return found.principal


def principal_of(user: User, *, kind: Kind = Kind.USER, permissions: frozenset[str] | None = None) -> Principal:
    """A user with the rights of their roles, or with the part of them that a key has."""
    granted = frozenset(permission for role in user.roles for permission in role.permissions)
    return Principal(
        id=user.id,
        kind=kind,
        name=user.name,
        permissions=granted if permissions is None else rules.common_grants(granted, permissions),
        scope=Scope(rules.widest(role.scope for role in user.roles)),
        team_ids=tuple(user.team_ids),
        roles=tuple(user.role_keys),
    )


def _session_user(session: Session, token: str, now: datetime) -> Found | None:
    found = session.scalars(select(LoginSession).where(LoginSession.token_hash == rules.digest(token))).one_or_none()
    if found is None or not found.user.is_active:
        return None
    if now - found.last_seen_at >= rules.SESSION_IDLE or now - found.created_at >= rules.SESSION_ABSOLUTE:
        return None
    is_to_be_noted = now - found.last_seen_at >= rules.SEEN_EVERY
    return Found(principal=principal_of(found.user), is_to_be_noted=is_to_be_noted)


def _token_user(session: Session, token: str, now: datetime) -> Found | None:
    found = session.scalars(select(AccessToken).where(AccessToken.token_hash == rules.digest(token))).one_or_none()
    if found is None or found.expires_at <= now or not found.user.is_active:
        return None
    return Found(principal=principal_of(found.user))


def _key_user(session: Session, text: str, now: datetime) -> Found | None:
    key_id = rules.read_key(text)
    found = session.get(ApiKey, key_id) if key_id else None
    if found is None or found.secret_hash != rules.digest(rules.secret_of_key(text)):
        return None
    is_over = found.revoked_at is not None or (found.expires_at is not None and found.expires_at <= now)
    if is_over or not found.user.is_active:
        return None
    principal = principal_of(found.user, kind=Kind.KEY, permissions=frozenset(found.permissions))
    is_to_be_noted = found.last_used_at is None or now - found.last_used_at >= rules.SEEN_EVERY
    return Found(principal=principal, is_to_be_noted=is_to_be_noted)


def _note_session(session: Session, token: str, now: datetime) -> None:
    session.execute(update(LoginSession).where(LoginSession.token_hash == rules.digest(token)).values(last_seen_at=now))


def _note_key(session: Session, text: str, now: datetime) -> None:
    session.execute(update(ApiKey).where(ApiKey.id == rules.read_key(text)).values(last_used_at=now))
