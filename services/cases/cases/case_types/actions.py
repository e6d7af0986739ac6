"""Case types: created and updated by whoever administers workflows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from cases.case_types.models import CaseType
from cases.workflows.definitions.keys import must_be_free
from cases.workflows.definitions.queries import resolve_workflow_key
from servicekit.actor import Actor
from servicekit.ids import new_id


def create_case_type(session: Session, *, by: Actor, key: str, name: str, default_workflow: str | None) -> CaseType:
    """The workflow may still be a draft; it starts with new cases once it is published."""
    must_be_free(session, CaseType.key, key, noun="case type")
    case_type = CaseType(
        id=new_id("cty"),
        key=key,
        name=name,
        default_workflow=resolve_workflow_key(session, default_workflow, pointer="/default_workflow"),
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(case_type)
    return case_type


def update_case_type(session: Session, case_type: CaseType, *, by: Actor, changes: Mapping[str, Any]) -> CaseType:
    """Cases that are open already keep the workflow that they have."""
    if "default_workflow" in changes:
        named = changes["default_workflow"]
        case_type.default_workflow = resolve_workflow_key(session, named, pointer="/default_workflow")
    case_type.name = changes.get("name", case_type.name)
    case_type.updated_at = by.now
    return case_type
