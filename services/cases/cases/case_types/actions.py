"""Case types: made and changed by whoever administers workflows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.casework.models import CaseType
from cases.workflows.definitions.actions import KeyTaken
from cases.workflows.definitions.queries import find_definition
from servicekit.errors import FieldError, NotFound, one_field
from servicekit.ids import new_id


def create_type(session: Session, *, key: str, name: str, default_workflow: str | None, now: datetime) -> CaseType:
    if session.scalars(select(CaseType.id).where(CaseType.key == key)).first():
        detail = f"There already is a case type with the key “{key}”."
        raise KeyTaken(detail, fields=[FieldError(pointer="/key", code="taken", detail=detail)])
    type_ = CaseType(
        id=new_id("cty"),
        key=key,
        name=name,
        default_workflow=workflow_key(session, default_workflow, pointer="/default_workflow"),
        created_at=now,
        updated_at=now,
    )
    session.add(type_)
    return type_


def change_type(session: Session, type_: CaseType, *, changes: Mapping[str, Any], now: datetime) -> CaseType:
    """Cases that are open already keep the workflow that they have."""
    if "default_workflow" in changes:
        type_.default_workflow = workflow_key(session, changes["default_workflow"], pointer="/default_workflow")
    type_.name = changes.get("name", type_.name)
    type_.updated_at = now
    return type_


def workflow_key(session: Session, named: str | None, *, pointer: str) -> str | None:
    """The key of the workflow that a body names by key or id; it need not be published yet."""
    if named is None:
        return None
    try:
        return find_definition(session, named).key
    except NotFound as missing:
        raise one_field(pointer, "unknown_workflow", missing.detail) from missing
