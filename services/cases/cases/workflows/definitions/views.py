"""Workflow definitions over HTTP."""

from sqlalchemy import Select, or_, select

from cases.workflows.definitions import actions, queries
from cases.workflows.definitions.rules import DefinitionStatus
from cases.workflows.definitions.schemas import WorkflowCreate, WorkflowRead, WorkflowUpdate, WorkflowVersionRead
from cases.workflows.runs.models import WorkflowDefinition, WorkflowVersion
from servicekit.http.call import Call
from servicekit.http.filters import text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("workflows")

ADMIN = "workflows:admin"

WORKFLOWS = Listing(
    id=WorkflowDefinition.id,
    filters={
        "status": text(WorkflowDefinition.status, choices=DefinitionStatus),
        "key": text(WorkflowDefinition.key),
    },
    sorts={"name": WorkflowDefinition.name, "created_at": WorkflowDefinition.created_at},
    default_sort="name",
    search=lambda q: or_(
        WorkflowDefinition.name.icontains(q, autoescape=True), WorkflowDefinition.key.icontains(q, autoescape=True)
    ),
)
VERSIONS = Listing(
    id=WorkflowVersion.id,
    sorts={"number": WorkflowVersion.number},
    default_sort="-number",
)


@routes.page("/workflows", needs="cases:read", listing=WORKFLOWS, returns=WorkflowRead)
def list_workflows(call: Call) -> Select[WorkflowDefinition]:
    """List workflows."""
    return select(WorkflowDefinition)


@routes.post("/workflows", needs=ADMIN, body=WorkflowCreate, returns=WorkflowRead, location="/api/v1/workflows/{id}")
def create_workflow(call: Call) -> WorkflowDefinition:
    """Create a workflow as a draft."""
    return actions.create_definition(call.session, now=call.now, **call.body)


@routes.get("/workflows/<id>", needs="cases:read", returns=WorkflowRead)
def show_workflow(call: Call, id: str) -> WorkflowDefinition:
    """Show a workflow, by its id or its key."""
    return queries.find_definition(call.session, id)


@routes.patch("/workflows/<id>", needs=ADMIN, body=WorkflowUpdate, returns=WorkflowRead)
def change_workflow(call: Call, id: str) -> WorkflowDefinition:
    """Change the draft of a workflow; what is published stays as it is until the next publishing."""
    definition = queries.find_definition(call.session, id)
    call.check_version(definition)
    return actions.change_definition(definition, changes=call.body, now=call.now)


@routes.action("/workflows/<id>:publish", needs=ADMIN, returns=WorkflowRead)
def publish_workflow(call: Call, id: str) -> WorkflowDefinition:
    """Publish the draft as the next version.

    Refused with every problem and its place: an outcome that leads nowhere, an end that cannot be reached, people
    that nobody can name, a clock that contradicts itself.
    """
    definition = queries.find_definition(call.session, id)
    call.check_version(definition)
    return actions.publish_definition(call.session, definition, by=call.principal.id, now=call.now)


@routes.action("/workflows/<id>:retire", needs=ADMIN, returns=WorkflowRead)
def retire_workflow(call: Call, id: str) -> WorkflowDefinition:
    """Retire a workflow: no new runs, those that are running go on."""
    definition = queries.find_definition(call.session, id)
    call.check_version(definition)
    return actions.retire_definition(definition, now=call.now)


@routes.page("/workflows/<id>/versions", needs="cases:read", listing=VERSIONS, returns=WorkflowVersionRead)
def list_workflow_versions(call: Call, id: str) -> Select[WorkflowVersion]:
    """List what was published of a workflow, the newest first."""
    return queries.versions_of(queries.find_definition(call.session, id).id)
