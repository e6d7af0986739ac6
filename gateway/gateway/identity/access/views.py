"""The identity API of the caller's own access: tokens, keys, sessions, and who am I."""

from typing import Any

from flask import request
from sqlalchemy import Select

from gateway.identity.access import actions as keys
from gateway.identity.access import rules
from gateway.identity.sessions import actions as sessions
from gateway.identity.staff import actions as users
from gateway.identity.staff import queries, schemas
from gateway.identity.staff.models import ApiKey, LoginSession
from servicekit.auth import PUBLIC, SIGNED_IN
from servicekit.errors import FieldError, Invalid, NotFound
from servicekit.http.call import Call
from servicekit.http.filters import instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("access")

KEYS = Listing(
    id=ApiKey.id,
    filters={"user_id": text(ApiKey.user_id)},
    sorts={"created_at": ApiKey.created_at},
    default_sort="-created_at",
)
SESSIONS = Listing(
    id=LoginSession.id,
    filters={"last_seen_at": instant(LoginSession.last_seen_at)},
    sorts={"last_seen_at": LoginSession.last_seen_at},
    default_sort="-last_seen_at",
)


@routes.post("/auth/tokens", needs=PUBLIC, body=schemas.TokenAsk, returns=schemas.TokenRead)
def make_token(call: Call) -> dict[str, Any]:
    """Get a bearer token for a password.

    An unknown address and a wrong password have the same answer; after five failures each try must wait longer (429).
    """
    # Nothing is written yet: check the password without this transaction's lock; a failure stays counted.
    call.session.rollback()
    ip = request.remote_addr or ""
    user_id = sessions.sign_in(call.service.database, **call.body, now=call.now, ip=ip)
    token = keys.make_token(call.session, user_id=user_id, now=call.now)
    call.headers["Cache-Control"] = "no-store"
    return {"access_token": token, "token_type": "Bearer", "expires_in": int(rules.TOKEN_LIFE.total_seconds())}


@routes.get("/me", needs=SIGNED_IN, returns=schemas.MeRead)
def show_me(call: Call) -> dict[str, Any]:
    """Who is asking, with which rights."""
    return _me(call)


@routes.patch("/me", needs=SIGNED_IN, is_personal=True, body=schemas.MeUpdate, returns=schemas.MeRead)
def update_me(call: Call) -> dict[str, Any]:
    """Change one's own name or language."""
    user = queries.a_user(call.session, call.principal.id)
    users.update_user(call.session, user, by=call.principal, now=call.now, changes=call.body)
    return _me(call)


@routes.action("/me:change-password", needs=SIGNED_IN, is_personal=True, body=schemas.PasswordChange)
def change_password(call: Call) -> None:
    """Set a new password; every session and token ends, this one too. A key speaks for its owner, and may not."""
    user = queries.a_user(call.session, call.principal.id)
    if user.password_hash is not None:
        email = user.email
        call.session.rollback()  # as in make_token: a guess is slow, holds no lock and stays counted
        _check_present_password(call, email)
        user = queries.a_user(call.session, call.principal.id)
    users.set_password(call.session, user, password=call.body["new_password"], now=call.now)


def _check_present_password(call: Call, email: str) -> None:
    password, ip = call.body["current_password"] or "", request.remote_addr or ""
    try:
        sessions.prove_password(call.service.database, email=email, password=password, now=call.now, ip=ip)
    except sessions.WrongPassword as error:
        detail = "This is not your present password."
        raise Invalid(detail, fields=[FieldError(pointer="/current_password", code="wrong", detail=detail)]) from error


def _me(call: Call) -> dict[str, Any]:
    user = queries.a_user(call.session, call.principal.id)
    return {
        "id": user.id,
        "kind": call.principal.kind.value,
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "roles": user.role_keys,
        "team_ids": user.team_ids,
        "manager_id": user.manager_id,
        "permissions": sorted(call.principal.permissions),
        "scope": call.principal.scope.value,
    }


@routes.page("/api-keys", needs="api_keys:read", listing=KEYS, returns=schemas.KeyRead)
def list_keys(call: Call) -> Select[ApiKey]:
    """The caller's own keys; all of them for who administers users."""
    return queries.visible_keys(call.principal)


@routes.post(
    "/api-keys",
    needs="api_keys:write",
    body=schemas.KeyCreate,
    returns=schemas.KeyMade,
    location="/api/v1/api-keys/{id}",
)
def make_key(call: Call) -> dict[str, Any]:
    """Make a key in one's own name. The secret is in this answer and nowhere else."""
    made = keys.make_key(call.session, by=call.principal, now=call.now, **call.body)
    call.headers["Cache-Control"] = "no-store"
    return {**{name: getattr(made.key, name) for name in schemas.KeyRead().fields}, "secret": made.secret}


@routes.get("/api-keys/<id>", needs="api_keys:read", returns=schemas.KeyRead)
def show_key(call: Call, id: str) -> ApiKey:
    """One key, without its secret."""
    return _own_key(call, id)


@routes.delete("/api-keys/<id>", needs="api_keys:write")
def revoke_key(call: Call, id: str) -> None:
    """Revoke a key; it is refused within a second."""
    key = _own_key(call, id)
    if key.user_id != call.principal.id:
        users.check_may_manage(key.user, by=call.principal)
    keys.revoke_key(key, now=call.now)


def _own_key(call: Call, id: str) -> ApiKey:
    found = call.session.scalars(queries.visible_keys(call.principal).where(ApiKey.id == id)).one_or_none()
    if found is None:
        raise NotFound("There is no such key.")
    return found


@routes.page("/sessions", needs=SIGNED_IN, is_personal=True, listing=SESSIONS, returns=schemas.SessionRead)
def list_sessions(call: Call) -> Select[LoginSession]:
    """The browsers in which the caller is signed in."""
    return queries.own_sessions(call.principal)


@routes.delete("/sessions/<id>", needs=SIGNED_IN, is_personal=True)
def revoke_session(call: Call, id: str) -> None:
    """Sign one of one's own browsers out."""
    sessions.revoke_session(call.session, id=id, user_id=call.principal.id)
