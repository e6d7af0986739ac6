"""Reading workflow definitions and their published versions."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from cases.workflows.definitions.models import WorkflowDefinition, WorkflowVersion
from cases.workflows.definitions.rules import DefinitionStatus
from servicekit.errors import NotFound, one_field


def get_definition(session: Session, id_or_key: str) -> WorkflowDefinition:
    """By its id or by its key; raises NotFound."""
    is_it = or_(WorkflowDefinition.id == id_or_key, WorkflowDefinition.key == id_or_key)
    definition = session.scalars(select(WorkflowDefinition).where(is_it)).one_or_none()
    if definition is None:
        raise NotFound(f"There is no workflow “{id_or_key[:60]}”.")
    return definition


def resolve_workflow_key(session: Session, id_or_key: str | None, *, pointer: str) -> str | None:
    """The key of the workflow that a body names; it need not be published yet. A wrong name is the field's error."""
    if id_or_key is None:
        return None
    try:
        return get_definition(session, id_or_key).key
    except NotFound as missing:
        raise one_field(pointer, "unknown_workflow", missing.detail) from missing


def startable_definitions(session: Session, ids_or_keys: Collection[str]) -> Sequence[WorkflowDefinition]:
    """Those that are published, in the order in which they are named."""
    if not ids_or_keys:
        return []
    published = select(WorkflowDefinition).where(
        or_(WorkflowDefinition.key.in_(ids_or_keys), WorkflowDefinition.id.in_(ids_or_keys)),
        WorkflowDefinition.status == DefinitionStatus.PUBLISHED,
    )
    found = session.scalars(published).all()
    return [one for name in ids_or_keys for one in found if name in (one.key, one.id)]


def versions_of(definition_id: str) -> Select[WorkflowVersion]:
    return select(WorkflowVersion).where(WorkflowVersion.definition_id == definition_id)


def latest_version_number(session: Session, definition_id: str) -> int:
    """Zero where nothing was published yet."""
    numbers = select(WorkflowVersion.number).where(WorkflowVersion.definition_id == definition_id)
    return session.scalars(numbers.order_by(WorkflowVersion.number.desc()).limit(1)).first() or 0


def matches(text: str) -> ColumnElement[bool]:
    """Search: name or key."""
    return or_(
        WorkflowDefinition.name.icontains(text, autoescape=True),
        WorkflowDefinition.key.icontains(text, autoescape=True),
    )
