"""The API of API keys."""

from typing import Any

from sqlalchemy import Select

from gateway.identity.access import actions, queries, schemas
from gateway.identity.access.listing import API_KEYS
from gateway.identity.access.models import ApiKey
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("access")


@routes.page("/api-keys", needs="api_keys:read", listing=API_KEYS, returns=schemas.KeyRead)
def list_api_keys(call: Call) -> Select[ApiKey]:
    """The caller's own keys; all of them for who administers users."""
    return queries.visible_keys(call.principal)


@routes.post(
    "/api-keys",
    needs="api_keys:write",
    body=schemas.KeyCreate,
    returns=schemas.KeyMade,
    location="/api/v1/api-keys/{id}",
    holds_secret=True,
)
def create_api_key(call: Call) -> dict[str, Any]:
    """Make a key in one's own name. The secret is in this answer and nowhere else."""
    made = actions.create_api_key(call.session, by=call.by, **call.body)
    call.headers["Cache-Control"] = "no-store"
    return {**{name: getattr(made.key, name) for name in schemas.KeyRead().fields}, "secret": made.secret}


@routes.get("/api-keys/<id>", needs="api_keys:read", returns=schemas.KeyRead)
def get_api_key(call: Call, id: str) -> ApiKey:
    """One key, without its secret."""
    return queries.get_visible_key(call.session, call.principal, id)


@routes.delete("/api-keys/<id>", needs="api_keys:write")
def revoke_api_key(call: Call, id: str) -> None:
    """Revoke a key; it is refused within a second."""
    actions.revoke_api_key(call.session, queries.get_visible_key(call.session, call.principal, id), by=call.by)
