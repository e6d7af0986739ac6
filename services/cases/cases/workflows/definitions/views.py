"""Workflow definitions over HTTP."""

from sqlalchemy import Select, select

from cases.workflows.definitions import actions, queries
from cases.workflows.definitions.listing import WORKFLOW_VERSIONS, WORKFLOWS
from cases.workflows.definitions.models import WorkflowDefinition, WorkflowVersion
from cases.workflows.definitions.schemas import WorkflowCreate, WorkflowRead, WorkflowUpdate, WorkflowVersionRead
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("workflows")

ADMIN = "workflows:admin"


@routes.page("/workflows", needs="cases:read", listing=WORKFLOWS, returns=WorkflowRead)
def list_workflows(call: Call) -> Select[WorkflowDefinition]:
    """List workflows."""
    return select(WorkflowDefinition)


@routes.post("/workflows", needs=ADMIN, body=WorkflowCreate, returns=WorkflowRead, location="/api/v1/workflows/{id}")
def create_workflow(call: Call) -> WorkflowDefinition:
    """Create a workflow as a draft."""
    return actions.create_definition(call.session, by=call.by, **call.body)


@routes.get("/workflows/<id>", needs="cases:read", returns=WorkflowRead)
def get_workflow(call: Call, id: str) -> WorkflowDefinition:
    """Show a workflow, by its id or its key."""
    return queries.get_definition(call.session, id)


@routes.patch("/workflows/<id>", needs=ADMIN, body=WorkflowUpdate, returns=WorkflowRead)
def update_workflow(call: Call, id: str) -> WorkflowDefinition:
    """Change the draft of a workflow; what is published stays as it is until the next publishing."""
    definition = queries.get_definition(call.session, id)
    call.check_version(definition)
    return actions.update_definition(call.session, definition, by=call.by, changes=call.body)


@routes.action("/workflows/<id>:publish", needs=ADMIN, returns=WorkflowRead)
def publish_workflow(call: Call, id: str) -> WorkflowDefinition:
    """Publish the draft as the next version.

    Refused with every problem and its place: an outcome that leads nowhere, an end that cannot be reached, people
    that nobody can name, a clock that contradicts itself.
    """
    definition = queries.get_definition(call.session, id)
    call.check_version(definition)
    return actions.publish_definition(call.session, definition, by=call.by)


@routes.action("/workflows/<id>:retire", needs=ADMIN, returns=WorkflowRead)
def retire_workflow(call: Call, id: str) -> WorkflowDefinition:
    """Retire a workflow: no new runs, those that are running go on."""
    definition = queries.get_definition(call.session, id)
    call.check_version(definition)
    return actions.retire_definition(call.session, definition, by=call.by)


@routes.page("/workflows/<id>/versions", needs="cases:read", listing=WORKFLOW_VERSIONS, returns=WorkflowVersionRead)
def list_workflow_versions(call: Call, id: str) -> Select[WorkflowVersion]:
    """List what was published of a workflow, the newest first."""
    return queries.versions_of(queries.get_definition(call.session, id).id)
