"""Runs over HTTP: which workflows are running, where they stand, and ending one."""

from sqlalchemy import Select

from cases.workflows.runs import actions, queries
from cases.workflows.runs.models import WorkflowRun, WorkflowVersion
from cases.workflows.runs.rules import RunStatus
from cases.workflows.runs.schemas import RunCancel, RunRead
from servicekit.errors import NotFound
from servicekit.http.call import Call
from servicekit.http.filters import instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("workflow-runs")

RUNS = Listing(
    id=WorkflowRun.id,
    filters={
        "status": text(WorkflowRun.status, choices=RunStatus),
        "case_id": text(WorkflowRun.subject_id),
        "customer_id": text(WorkflowRun.customer_id, nullable=True),
        "workflow_key": text(WorkflowVersion.key),
        "started_at": instant(WorkflowRun.created_at),
    },
    sorts={"started_at": WorkflowRun.created_at},
    default_sort="-started_at",
)


@routes.page("/workflow-runs", needs="cases:read", listing=RUNS, returns=RunRead)
def list_runs(call: Call) -> Select[WorkflowRun]:
    """List workflow runs."""
    return queries.visible_runs(call.principal).join(WorkflowVersion, WorkflowVersion.id == WorkflowRun.version_id)


@routes.get("/workflow-runs/<id>", needs="cases:read", returns=RunRead)
def show_run(call: Call, id: str) -> WorkflowRun:
    """Show a workflow run with its steps."""
    return _find(call, id)


@routes.action("/workflow-runs/<id>:cancel", needs="cases:write", body=RunCancel, returns=RunRead)
def cancel_run(call: Call, id: str) -> WorkflowRun:
    """End a run before its end; its open work items are withdrawn."""
    run = queries.lock_run(call.session, _find(call, id).id)
    call.check_version(run)
    actions.cancel_run(call.session, run, reason=call.body["reason"], by=call.principal.id, now=call.now)
    return run


def _find(call: Call, run_id: str) -> WorkflowRun:
    found = queries.visible_runs(call.principal).where(WorkflowRun.id == run_id)
    run = call.session.scalars(found).one_or_none()
    if run is None:
        raise NotFound("There is no such workflow run, or it is not yours.")
    return run
