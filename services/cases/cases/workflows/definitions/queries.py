"""Reading workflow definitions and their published versions."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from cases.workflows.definitions.rules import DefinitionStatus
from cases.workflows.runs.models import WorkflowDefinition, WorkflowVersion
from servicekit.errors import NotFound


def find_definition(session: Session, id_or_key: str) -> WorkflowDefinition:
    """By its id or by its key; raises NotFound."""
    is_it = or_(WorkflowDefinition.id == id_or_key, WorkflowDefinition.key == id_or_key)
    definition = session.scalars(select(WorkflowDefinition).where(is_it)).one_or_none()
    if definition is None:
        raise NotFound(f"There is no workflow “{id_or_key[:60]}”.")
    return definition


def startable(session: Session, key: str) -> WorkflowDefinition | None:
    """The definition that new runs of this key would take, if it is published."""
    published = select(WorkflowDefinition).where(
        or_(WorkflowDefinition.key == key, WorkflowDefinition.id == key),
        WorkflowDefinition.status == DefinitionStatus.PUBLISHED,
    )
    return session.scalars(published).one_or_none()


def versions_of(definition_id: str) -> Select[WorkflowVersion]:
    return select(WorkflowVersion).where(WorkflowVersion.definition_id == definition_id)


def latest_number(session: Session, definition_id: str) -> int:
    numbers = select(WorkflowVersion.number).where(WorkflowVersion.definition_id == definition_id)
    return session.scalars(numbers.order_by(WorkflowVersion.number.desc()).limit(1)).first() or 0
