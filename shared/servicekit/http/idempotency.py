"""Idempotency: the answer of a request is stored with its effect, and given again to the same Idempotency-Key."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy import delete
from sqlalchemy.orm import Session

from servicekit.auth import Kind, Principal
from servicekit.database.tables import IdempotencyKey
from servicekit.database.upsert import insert_new
from servicekit.errors import FieldError, Invalid

KEEP = timedelta(hours=24)
_KEPT_HEADERS = ("ETag", "Location", "Content-Type")


@dataclass
class Claim:
    """This caller's hold on a key, for the length of the transaction."""

    session: Session
    row: IdempotencyKey
    is_replay: bool

    def store(self, answer: Response) -> None:
        """Keep the answer, in the effect's own transaction."""
        self.row.status = answer.status_code
        self.row.headers = json.dumps({name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers})
        self.row.body = answer.get_data(as_text=True)

    def replay(self) -> Response:
        """The answer of the first time."""
        answer = Response(self.row.body, status=self.row.status, headers=json.loads(self.row.headers))
        answer.headers["Idempotency-Replayed"] = "true"
        return answer


def claim(session: Session, principal: Principal, *, now: datetime) -> Claim | None:
    """Take the key of this request, if it has one. A second request waits for the first one's commit, then replays."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= 255:  # noqa: PLR2004 - the column's width
        raise _wrong_key("invalid", "Give a key of 1 to 255 characters.")
    fingerprint = hashlib.sha256(b"\n".join([request.method.encode(), request.path.encode(), _sent()])).hexdigest()
    # Visitors have no id of their own: two of them with the same key are kept apart by what they sent.
    caller = principal.id if principal.kind is not Kind.PUBLIC else f"public {fingerprint[:32]}"
    new = insert_new(
        session,
        IdempotencyKey,
        caller=caller,
        key=key,
        fingerprint=fingerprint,
        status=0,
        headers="{}",
        body="",
        stored_at=now,
    )
    row = new or session.get_one(IdempotencyKey, (caller, key))
    if row.fingerprint != fingerprint:
        raise _wrong_key("idempotency_key_reused", "This key was used for another request. Use a new one.")
    return Claim(session=session, row=row, is_replay=new is None)


def delete_old_keys(session: Session, *, now: datetime) -> int:
    """Drop the keys older than a day."""
    return session.execute(delete(IdempotencyKey).where(IdempotencyKey.stored_at < now - KEEP)).rowcount  # type: ignore[attr-defined,no-any-return]


def _sent() -> bytes:
    """The body, also where it was a form, whose bytes are gone once it is read."""
    return json.dumps(sorted(request.form.lists())).encode() if request.form else request.get_data()


def _wrong_key(code: str, detail: str) -> Invalid:
    return Invalid(detail, fields=[FieldError(pointer="Idempotency-Key", code=code, detail=detail)])
