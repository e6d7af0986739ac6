"""Cases over HTTP."""

from sqlalchemy import Select

from cases.casework import actions, queries
from cases.casework.listing import CASE_HISTORY, CASES
from cases.casework.models import Case, CaseHistory
from cases.casework.rules import CaseStatus, ChosenWorkflow, UsualWorkflow
from cases.casework.schemas import (
    AssignmentCreate,
    CaseCreate,
    CaseListed,
    CaseRead,
    CaseUpdate,
    HistoryRead,
    TransitionCreate,
    WorkflowChoice,
)
from cases.projections.references import has_projections_for
from cases.workflows.runs.models import WorkflowRun
from cases.workflows.runs.queries import find_latest_run, load_run
from cases.workflows.runs.schemas import RunRead
from servicekit.errors import NotFound
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("cases")


@routes.page("/cases", needs="cases:read", listing=CASES, returns=CaseListed)
def list_cases(call: Call) -> Select[Case]:
    """List cases."""
    return queries.listed_cases(call.principal)


@routes.post(
    "/cases",
    needs="cases:write",
    body=CaseCreate,
    returns=CaseRead,
    location="/api/v1/cases/{id}",
    waits_for=has_projections_for,
)
def open_case(call: Call) -> Case:
    """Open a case and start its workflow."""
    facts = dict(call.body)
    workflow = ChosenWorkflow(key=facts.pop("workflow")) if "workflow" in facts else UsualWorkflow()
    return queries.load_shown(call.session, actions.open_case(call.session, by=call.by, workflow=workflow, **facts))


@routes.get("/cases/<id>", needs="cases:read", returns=CaseRead)
def get_case(call: Call, id: str) -> Case:
    """Show a case, by its id or its number."""
    return queries.get_shown_case(call.session, id, call.principal)


@routes.patch("/cases/<id>", needs="cases:write", body=CaseUpdate, returns=CaseRead, waits_for=has_projections_for)
def update_case(call: Call, id: str) -> Case:
    """Change a case."""
    case = queries.lock_visible_case(call.session, id, call.principal)
    call.check_version(case)
    return queries.load_shown(call.session, actions.update_case(call.session, case, by=call.by, changes=call.body))


@routes.action(
    "/cases/<id>:transition", needs="cases:write", body=TransitionCreate, returns=CaseRead, if_match="required"
)
def transition_case(call: Call, id: str) -> Case:
    """Move a case to another status.

    Closing says how it ended, and is refused with the list of open work items while a workflow runs, unless
    `cancel_workflow` is sent. Going back to `working` reopens.
    """
    case = queries.lock_visible_case(call.session, id, call.principal)
    call.check_version(case)
    facts = dict(call.body)
    to = CaseStatus(facts.pop("status"))
    return queries.load_shown(call.session, actions.transition_case(call.session, case, by=call.by, to=to, **facts))


@routes.action(
    "/cases/<id>:assign", needs="cases:write", body=AssignmentCreate, returns=CaseRead, waits_for=has_projections_for
)
def assign_case(call: Call, id: str) -> Case:
    """Give a case to a person, a team or both."""
    case = queries.lock_visible_case(call.session, id, call.principal)
    call.check_version(case)
    wanted = {"owner_id": case.owner_id, "team_id": case.team_id, **call.body}
    return queries.load_shown(call.session, actions.assign_case(call.session, case, by=call.by, **wanted))


@routes.page("/cases/<id>/history", needs="cases:read", listing=CASE_HISTORY, returns=HistoryRead)
def get_case_history(call: Call, id: str) -> Select[CaseHistory]:
    """List everything that happened to a case, the newest first."""
    return queries.history_of(queries.get_case(call.session, id, call.principal))


@routes.get("/cases/<id>/workflow", needs="cases:read", returns=RunRead)
def get_case_workflow(call: Call, id: str) -> WorkflowRun:
    """Show the workflow that leads a case, or the last one that did."""
    case = queries.get_case(call.session, id, call.principal)
    run = find_latest_run(call.session, queries.CASE, case.id)
    if run is None:
        raise NotFound("No workflow has been started on this case.")
    return run


@routes.post("/cases/<id>/workflow", needs="cases:write", body=WorkflowChoice, returns=RunRead)
def start_case_workflow(call: Call, id: str) -> WorkflowRun:
    """Start a workflow on a case that has none running."""
    case = queries.lock_visible_case(call.session, id, call.principal)
    run = actions.start_workflow(call.session, case, by=call.by, workflow=call.body["workflow"])
    return load_run(call.session, run.id)
