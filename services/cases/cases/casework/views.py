"""Cases over HTTP."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cases.case_types import actions as types
from cases.casework import actions, queries
from cases.casework import case_workflow as leading
from cases.casework.models import Case, CaseHistory, CaseMessage, CaseType
from cases.casework.rules import CaseStatus, Direction, Origin, Priority
from cases.casework.schemas import (
    AssignmentCreate,
    CaseCreate,
    CaseListed,
    CaseRead,
    CaseTypeCreate,
    CaseTypeRead,
    CaseTypeUpdate,
    CaseUpdate,
    HistoryRead,
    MessageCreate,
    MessageRead,
    TransitionCreate,
    WorkflowChoice,
)
from cases.projections.queries import customer_of, known_user_ids
from cases.workflows.runs.models import WorkflowRun
from cases.workflows.runs.schemas import RunRead
from servicekit.errors import NotFound
from servicekit.http.call import Call
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("cases")
case_types = Routes("case-types")

CASES = Listing(
    id=Case.id,
    filters={
        "status": text(Case.status, choices=CaseStatus),
        "is_open": flag(Case.is_open),
        "type": text(Case.type),
        "origin": text(Case.origin, choices=Origin),
        "priority": text(Case.priority, choices=Priority),
        "customer_id": text(Case.customer_id, nullable=True),
        "contact_id": text(Case.contact_id, nullable=True),
        "owner_id": text(Case.owner_id, nullable=True),
        "team_id": text(Case.team_id, nullable=True),
        "form_key": text(Case.form_key, nullable=True),
        "number": text(Case.number),
        "opened_at": instant(Case.opened_at),
        "closed_at": instant(Case.closed_at),
        "created_at": instant(Case.created_at),
        "updated_at": instant(Case.updated_at),
    },
    sorts={
        "created_at": Case.created_at,
        "updated_at": Case.updated_at,
        "opened_at": Case.opened_at,
        "number": Case.number,
        "subject": Case.subject,
        "status": Case.status,
    },
    default_sort="-created_at",
    search=queries.matches,
)
MESSAGES = Listing(
    id=CaseMessage.id,
    filters={"is_internal": flag(CaseMessage.is_internal), "direction": text(CaseMessage.direction, choices=Direction)},
    sorts={"created_at": CaseMessage.created_at},
    default_sort="created_at",
)
HISTORY = Listing(
    id=CaseHistory.id,
    filters={"kind": text(CaseHistory.kind)},
    sorts={"at": CaseHistory.at},
    default_sort="-at",
)

TYPES = Listing(
    id=CaseType.id,
    filters={"key": text(CaseType.key)},
    sorts={"name": CaseType.name, "created_at": CaseType.created_at},
    default_sort="name",
)


def knows_who_is_named(session: Session, body: Mapping[str, Any]) -> bool:
    """Has this service heard of the customer, the contact and the owner that a body names?"""
    customers, owner_id = (body.get("customer_id"), body.get("contact_id")), body.get("owner_id")
    are_known = all(one is None or customer_of(session, one) is not None for one in customers)
    return are_known and (owner_id is None or bool(known_user_ids(session, [owner_id])))


@routes.page("/cases", needs="cases:read", listing=CASES, returns=CaseListed)
def list_cases(call: Call) -> Select[Case]:
    """List cases."""
    return queries.visible_cases(call.principal)


@routes.post(
    "/cases",
    needs="cases:write",
    body=CaseCreate,
    returns=CaseRead,
    location="/api/v1/cases/{id}",
    waits_for=knows_who_is_named,
)
def open_case(call: Call) -> Case:
    """Open a case and start its workflow."""
    facts = dict(call.body)
    type_ = queries.type_named(call.session, facts["type"], pointer="/type")
    is_chosen, chosen = "workflow" in facts, facts.pop("workflow", None)
    workflow = leading.workflow_for(call.session, chosen=chosen, is_chosen=is_chosen, type_=type_)
    queries.must_see_who_is_named(call.session, call.principal, facts)
    by = call.principal.id
    case = actions.open_case(call.session, by=by, now=call.now, **facts)
    if workflow is not None:
        leading.start_workflow(call.session, case, workflow, cause="opened", by=by, now=call.now)
    return case


@routes.get("/cases/<id>", needs="cases:read", returns=CaseRead)
def show_case(call: Call, id: str) -> Case:
    """Show a case, by its id or its number."""
    return queries.find_case(call.session, id, call.principal)


@routes.patch("/cases/<id>", needs="cases:write", body=CaseUpdate, returns=CaseRead, waits_for=knows_who_is_named)
def change_case(call: Call, id: str) -> Case:
    """Change a case."""
    case = queries.hold_case(call.session, id, call.principal)
    call.check_version(case)
    if "type" in call.body:
        queries.type_named(call.session, call.body["type"], pointer="/type")
    queries.must_see_who_is_named(call.session, call.principal, call.body, case=case)
    return actions.change_case(call.session, case, changes=call.body, by=call.principal.id, now=call.now)


@routes.action(
    "/cases/<id>:transition", needs="cases:write", body=TransitionCreate, returns=CaseRead, if_match="required"
)
def transition_case(call: Call, id: str) -> Case:
    """Move a case to another status.

    Closing says how it ended, and is refused with the list of open work items while a workflow runs, unless
    `cancel_workflow` is sent. Going back to `working` reopens.
    """
    case = queries.hold_case(call.session, id, call.principal)
    call.check_version(case)
    return leading.transition_case(call.session, case, wanted=call.body, by=call.principal.id, now=call.now)


@routes.action(
    "/cases/<id>:assign", needs="cases:write", body=AssignmentCreate, returns=CaseRead, waits_for=knows_who_is_named
)
def assign_case(call: Call, id: str) -> Case:
    """Give a case to a person, a team or both."""
    case = queries.hold_case(call.session, id, call.principal)
    call.check_version(case)
    wanted = {"owner_id": case.owner_id, "team_id": case.team_id, **call.body}
    return actions.assign_case(call.session, case, by=call.principal.id, now=call.now, **wanted)


@routes.page("/cases/<id>/messages", needs="cases:read", listing=MESSAGES, returns=MessageRead)
def list_messages(call: Call, id: str) -> Select[CaseMessage]:
    """List the messages of a case, the oldest first."""
    return queries.messages_of(queries.find_case(call.session, id, call.principal))


@routes.post("/cases/<id>/messages", needs="cases:write", body=MessageCreate, returns=MessageRead)
def add_message(call: Call, id: str) -> CaseMessage:
    """Write to a case: a public reply, or a note among colleagues."""
    case = queries.hold_case(call.session, id, call.principal)
    return actions.add_message(
        call.session,
        case,
        body=call.body["body"],
        is_internal=call.body["is_internal"],
        direction=Direction(call.body["direction"]),
        author_id=call.principal.id,
        author_name=call.principal.name,
        now=call.now,
    )


@routes.page("/cases/<id>/history", needs="cases:read", listing=HISTORY, returns=HistoryRead)
def list_history(call: Call, id: str) -> Select[CaseHistory]:
    """List everything that happened to a case, the newest first."""
    return queries.history_of(queries.find_case(call.session, id, call.principal))


@routes.get("/cases/<id>/workflow", needs="cases:read", returns=RunRead)
def show_workflow_of_case(call: Call, id: str) -> WorkflowRun:
    """Show the workflow that leads a case, or the last one that did."""
    case = queries.find_case(call.session, id, call.principal)
    run = leading.current_run(call.session, case)
    if run is None:
        raise NotFound("No workflow has been started on this case.")
    return run


@routes.post("/cases/<id>/workflow", needs="cases:write", body=WorkflowChoice, returns=RunRead)
def start_workflow_of_case(call: Call, id: str) -> WorkflowRun:
    """Start a workflow on a case that has none running."""
    case = queries.hold_case(call.session, id, call.principal)
    definition = leading.must_be_startable(call.session, call.body["workflow"])
    return leading.start_workflow(
        call.session, case, definition, cause=call.request_id, by=call.principal.id, now=call.now
    )


@case_types.page("/case-types", needs="cases:read", listing=TYPES, returns=CaseTypeRead)
def list_case_types(call: Call) -> Select[CaseType]:
    """List case types."""
    return select(CaseType)


@case_types.post(
    "/case-types",
    needs="workflows:admin",
    body=CaseTypeCreate,
    returns=CaseTypeRead,
    location="/api/v1/case-types/{id}",
)
def create_case_type(call: Call) -> CaseType:
    """Create a case type; its workflow may still be a draft, and starts with new cases once it is published."""
    return types.create_type(call.session, now=call.now, **call.body)


@case_types.get("/case-types/<id>", needs="cases:read", returns=CaseTypeRead)
def show_case_type(call: Call, id: str) -> CaseType:
    """Show a case type, by its id or its key."""
    return queries.find_type(call.session, id)


@case_types.patch("/case-types/<id>", needs="workflows:admin", body=CaseTypeUpdate, returns=CaseTypeRead)
def change_case_type(call: Call, id: str) -> CaseType:
    """Change a case type."""
    type_ = queries.find_type(call.session, id)
    call.check_version(type_)
    return types.change_type(call.session, type_, changes=call.body, now=call.now)
