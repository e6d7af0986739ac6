"""The API of signing in with a password, and of the caller's own user."""

from typing import Any

from flask import request

from gateway.identity.login import schemas
from gateway.identity.login.password_check import WrongPassword, sign_in, verify_password
from gateway.identity.sessions.actions import issue_access_token
from gateway.identity.sessions.rules import TOKEN_LIFE
from gateway.identity.staff import actions
from gateway.identity.staff.queries import get_user
from servicekit.auth import PUBLIC, SIGNED_IN
from servicekit.errors import one_field
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("login")


@routes.post("/auth/tokens", needs=PUBLIC, body=schemas.TokenAsk, returns=schemas.TokenRead, holds_secret=True)
def create_access_token(call: Call) -> dict[str, Any]:
    """Get a bearer token for a password.

    An unknown address and a wrong password have the same answer; after five failures each try must wait longer (429).
    """
    # Nothing is written yet: check the password without this transaction's lock; a failure stays counted.
    call.session.rollback()
    ip = request.remote_addr or ""
    user_id = sign_in(call.service.database, **call.body, now=call.now, ip=ip)
    token = issue_access_token(call.session, by=call.by, user_id=user_id)
    call.headers["Cache-Control"] = "no-store"
    return {"access_token": token, "token_type": "Bearer", "expires_in": int(TOKEN_LIFE.total_seconds())}


@routes.get("/me", needs=SIGNED_IN, returns=schemas.MeRead)
def get_me(call: Call) -> dict[str, Any]:
    """Who is asking, with which rights."""
    return _me(call)


@routes.patch("/me", needs=SIGNED_IN, is_personal=True, body=schemas.MeUpdate, returns=schemas.MeRead)
def update_me(call: Call) -> dict[str, Any]:
    """Change one's own name or language."""
    user = get_user(call.session, call.principal.id)
    actions.update_user(call.session, user, by=call.by, changes=call.body)
    return _me(call)


@routes.action("/me:change-password", needs=SIGNED_IN, is_personal=True, body=schemas.PasswordChange, holds_secret=True)
def change_password(call: Call) -> None:
    """Set a new password; every session and token ends, this one too. A key speaks for its owner, and may not."""
    user = get_user(call.session, call.principal.id)
    if user.password_hash is not None:
        email = user.email
        call.session.rollback()  # as in create_access_token: a guess is slow, holds no lock and stays counted
        _check_current_password(call, email)
        user = get_user(call.session, call.principal.id)
    actions.set_password(call.session, user, by=call.by, password=call.body["new_password"])


def _check_current_password(call: Call, email: str) -> None:
    password, ip = call.body["current_password"] or "", request.remote_addr or ""
    try:
        verify_password(call.service.database, email=email, password=password, now=call.now, ip=ip)
    except WrongPassword as error:
        raise one_field("/current_password", "wrong", "This is not your present password.") from error


def _me(call: Call) -> dict[str, Any]:
    user = get_user(call.session, call.principal.id)
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
