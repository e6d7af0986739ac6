"""The cache of principals: whom a session, token or key speaks for, looked up at most once a second."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.identity.access.actions import record_key_use
from gateway.identity.access.principals import Authenticated
from gateway.identity.access.queries import find_by_key
from gateway.identity.access.rules import KEY_PREFIX, digest
from gateway.identity.sessions.actions import record_session_use
from gateway.identity.sessions.queries import find_by_access_token, find_by_session
from gateway.identity.sessions.rules import TOKEN_PREFIX
from servicekit.actor import Actor
from servicekit.auth import Principal
from servicekit.database.engine import Database

TRUSTED_SECONDS = 1.0
_MAX_CACHED = 5000

Find = Callable[[Session, str, datetime], Authenticated | None]
RecordUse = Callable[[Session, str, Actor], None]


class Principals:
    """Looks callers up in the database, at most once a second for each session, token or key."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cached: dict[str, tuple[float, Principal]] = {}
        self._lock = threading.Lock()
        # A busy caller's requests arrive together when a second is over: one of them looks, the others take its answer.
        self._lookups = [threading.Lock() for _ in range(32)]

    def of_session(self, token: str, *, now: datetime) -> Principal | None:
        """Who signed in with this cookie; None when it is over, ended or its user disabled."""
        return self._of(token, now, find_by_session, lambda session, one, by: record_session_use(session, one, by=by))

    def of_bearer(self, text: str, *, now: datetime) -> Principal | None:
        """Who a key or an access token speaks for; None when it is wrong, over, revoked or its user disabled."""
        if text.startswith(KEY_PREFIX):
            return self._of(text, now, find_by_key, lambda session, one, by: record_key_use(session, one, by=by))
        if text.startswith(TOKEN_PREFIX):
            return self._of(text, now, find_by_access_token, None)
        return None

    def forget(self) -> None:
        """Trust nothing longer: the next request of everybody is looked up."""
        with self._lock:
            self._cached.clear()

    def _of(self, text: str, now: datetime, find: Find, record_use: RecordUse | None) -> Principal | None:
        slot = digest(text)
        if (cached := self._trusted(slot)) is not None:
            return cached
        with self._lookups[hash(slot) % len(self._lookups)]:
            return self._trusted(slot) or self._look_up(slot, text, now, find, record_use)

    def _trusted(self, slot: str) -> Principal | None:
        cached = self._cached.get(slot)
        return cached[1] if cached is not None and time.monotonic() - cached[0] < TRUSTED_SECONDS else None

    def _look_up(
        self, slot: str, text: str, now: datetime, find: Find, record_use: RecordUse | None
    ) -> Principal | None:
        looked_up_at = time.monotonic()
        with self._database.read() as session:
            found = find(session, text, now)
        if found is None:
            with self._lock:
                self._cached.pop(slot, None)
            return None
        if found.is_use_due and record_use is not None:
            with self._database.write() as session:
                record_use(session, text, Actor.of(found.principal, now=now))
        with self._lock:
            if len(self._cached) >= _MAX_CACHED:
                self._cached.clear()
            self._cached[slot] = (looked_up_at, found.principal)
        return found.principal
