"""Writing workflow definitions: the draft may change, what was published never does."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from cases.projections.queries import active_user_ids
from cases.workflows.definitions.checks import check_graph
from cases.workflows.definitions.keys import must_be_free
from cases.workflows.definitions.models import WorkflowDefinition, WorkflowVersion
from cases.workflows.definitions.queries import latest_version_number
from cases.workflows.definitions.rules import DefinitionStatus
from servicekit.actor import Actor
from servicekit.errors import Conflict, Invalid
from servicekit.ids import new_id


class NothingToPublish(Conflict):
    """The draft is what is published already."""


def create_definition(session: Session, *, by: Actor, key: str, **facts: Any) -> WorkflowDefinition:
    """A new draft."""
    must_be_free(session, WorkflowDefinition.key, key, noun="workflow")
    definition = WorkflowDefinition(
        id=new_id("wfl"), key=key, status=DefinitionStatus.DRAFT, created_at=by.now, updated_at=by.now, **facts
    )
    session.add(definition)
    return definition


def update_definition(
    session: Session, definition: WorkflowDefinition, *, by: Actor, changes: Mapping[str, Any]
) -> WorkflowDefinition:
    """Change the draft. Runs, and new runs until the next publishing, do not see it."""
    for name, value in changes.items():
        setattr(definition, name, value)
    definition.updated_at = by.now
    return definition


def publish_definition(session: Session, definition: WorkflowDefinition, *, by: Actor) -> WorkflowDefinition:
    """Freeze the draft as the next version; raises Invalid with every problem and its place."""
    named = _users_named_in(definition.steps)
    problems = check_graph(definition.steps, known_users=active_user_ids(session, named))
    if problems:
        raise Invalid("This workflow cannot be published yet.", fields=problems)
    checksum = _checksum(definition.name, definition.steps)
    before = definition.published
    if before and before.checksum == checksum and definition.status == DefinitionStatus.PUBLISHED:
        raise NothingToPublish(f"Version {before.number} is what this draft says.")
    definition.published = WorkflowVersion(
        id=new_id("wfv"),
        definition_id=definition.id,
        number=latest_version_number(session, definition.id) + 1,
        key=definition.key,
        name=definition.name,
        graph=definition.steps,
        checksum=checksum,
        published_by=by.id,
        published_at=by.now,
    )
    definition.status = DefinitionStatus.PUBLISHED
    definition.updated_at = by.now
    return definition


def retire_definition(session: Session, definition: WorkflowDefinition, *, by: Actor) -> WorkflowDefinition:
    """No new runs; those that are running go on to their end."""
    if definition.status != DefinitionStatus.PUBLISHED:
        raise Conflict(f"This workflow is {definition.status}; only a published one can be retired.")
    definition.status = DefinitionStatus.RETIRED
    definition.updated_at = by.now
    return definition


def _checksum(name: str, steps: Sequence[Mapping[str, Any]]) -> str:
    """The same text for the same workflow, whatever the order of its members."""
    return hashlib.sha256(json.dumps([name, steps], sort_keys=True).encode()).hexdigest()


def _users_named_in(steps: Sequence[Mapping[str, Any]]) -> set[str]:
    texts = [text for step in steps for text in [*(step.get("assignees") or []), step.get("fallback") or ""]]
    texts += [text for step in steps for escalation in step.get("escalations") or [] for text in escalation["to"]]
    return {text.removeprefix("user:") for text in texts if text.startswith("user:")}
