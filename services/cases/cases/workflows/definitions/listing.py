"""How workflows and their published versions are filtered, sorted and searched."""

from cases.workflows.definitions import queries
from cases.workflows.definitions.models import WorkflowDefinition, WorkflowVersion
from cases.workflows.definitions.rules import DefinitionStatus
from servicekit.http.filters import text
from servicekit.http.listing import Listing

WORKFLOWS = Listing(
    id=WorkflowDefinition.id,
    filters={
        "status": text(WorkflowDefinition.status, choices=DefinitionStatus),
        "key": text(WorkflowDefinition.key),
    },
    sorts={"name": WorkflowDefinition.name, "created_at": WorkflowDefinition.created_at},
    default_sort="name",
    search=queries.matches,
)
WORKFLOW_VERSIONS = Listing(
    id=WorkflowVersion.id,
    sorts={"number": WorkflowVersion.number},
    default_sort="-number",
)
