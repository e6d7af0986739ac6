"""Runs over HTTP: which workflows are running, where they stand, and ending one."""

from sqlalchemy import Select

from cases.workflows.runs import actions, queries
from cases.workflows.runs.listing import WORKFLOW_RUNS
from cases.workflows.runs.models import WorkflowRun
from cases.workflows.runs.schemas import RunCancel, RunRead
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("workflow-runs")


@routes.page("/workflow-runs", needs="cases:read", listing=WORKFLOW_RUNS, returns=RunRead)
def list_workflow_runs(call: Call) -> Select[WorkflowRun]:
    """List workflow runs."""
    return queries.visible_runs(call.principal)


@routes.get("/workflow-runs/<id>", needs="cases:read", returns=RunRead)
def get_workflow_run(call: Call, id: str) -> WorkflowRun:
    """Show a workflow run with its steps."""
    return queries.get_run(call.session, id, call.principal)


@routes.action("/workflow-runs/<id>:cancel", needs="cases:write", body=RunCancel, returns=RunRead)
def cancel_workflow_run(call: Call, id: str) -> WorkflowRun:
    """End a run before its end; its open work items are withdrawn."""
    run = queries.lock_run(call.session, queries.get_run(call.session, id, call.principal).id)
    call.check_version(run)
    actions.cancel_run(call.session, run, by=call.by, reason=call.body["reason"])
    return queries.load_run(call.session, run.id)
