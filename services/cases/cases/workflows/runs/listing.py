"""How runs are filtered and sorted."""

from cases.workflows.definitions.models import WorkflowVersion
from cases.workflows.runs.models import WorkflowRun
from cases.workflows.runs.rules import RunStatus
from servicekit.http.filters import instant, text
from servicekit.http.listing import Listing

WORKFLOW_RUNS = Listing(
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
