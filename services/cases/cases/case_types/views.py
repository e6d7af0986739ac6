"""Case types over HTTP."""

from sqlalchemy import Select, select

from cases.case_types import actions, queries
from cases.case_types.listing import CASE_TYPES
from cases.case_types.models import CaseType
from cases.case_types.schemas import CaseTypeCreate, CaseTypeRead, CaseTypeUpdate
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("case-types")


@routes.page("/case-types", needs="cases:read", listing=CASE_TYPES, returns=CaseTypeRead)
def list_case_types(call: Call) -> Select[CaseType]:
    """List case types."""
    return select(CaseType)


@routes.post(
    "/case-types",
    needs="workflows:admin",
    body=CaseTypeCreate,
    returns=CaseTypeRead,
    location="/api/v1/case-types/{id}",
)
def create_case_type(call: Call) -> CaseType:
    """Create a case type; its workflow may still be a draft, and starts with new cases once it is published."""
    return actions.create_case_type(call.session, by=call.by, **call.body)


@routes.get("/case-types/<id>", needs="cases:read", returns=CaseTypeRead)
def get_case_type(call: Call, id: str) -> CaseType:
    """Show a case type, by its id or its key."""
    return queries.get_case_type(call.session, id)


@routes.patch("/case-types/<id>", needs="workflows:admin", body=CaseTypeUpdate, returns=CaseTypeRead)
def update_case_type(call: Call, id: str) -> CaseType:
    """Change a case type."""
    case_type = queries.get_case_type(call.session, id)
    call.check_version(case_type)
    return actions.update_case_type(call.session, case_type, by=call.by, changes=call.body)
