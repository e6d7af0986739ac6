"""The API of the caller's own sessions."""

from sqlalchemy import Select

from gateway.identity.sessions import actions, queries, schemas
from gateway.identity.sessions.listing import SESSIONS
from gateway.identity.sessions.models import LoginSession
from servicekit.auth import SIGNED_IN
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("sessions")


@routes.page("/sessions", needs=SIGNED_IN, is_personal=True, listing=SESSIONS, returns=schemas.SessionRead)
def list_sessions(call: Call) -> Select[LoginSession]:
    """The browsers in which the caller is signed in."""
    return queries.own_sessions(call.principal)


@routes.delete("/sessions/<id>", needs=SIGNED_IN, is_personal=True)
def revoke_session(call: Call, id: str) -> None:
    """Sign one of one's own browsers out."""
    login = queries.get_own_session(call.session, call.principal, id)
    actions.revoke_session(call.session, login, by=call.by)
