"""Reading case types: by id or key, or as the field of a body names one."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cases.case_types.models import CaseType
from servicekit.errors import NotFound, one_field


def get_case_type(session: Session, id_or_key: str) -> CaseType:
    """By its id or its key; raises NotFound."""
    is_it = or_(CaseType.id == id_or_key, CaseType.key == id_or_key)
    found = session.scalars(select(CaseType).where(is_it)).one_or_none()
    if found is None:
        raise NotFound(f"There is no case type “{id_or_key[:60]}”.")
    return found


def resolve_case_type(session: Session, key: str, *, pointer: str) -> CaseType:
    """The case type that a body names; a wrong name is the field's error."""
    found = session.scalars(select(CaseType).where(CaseType.key == key)).one_or_none()
    if found is None:
        keys = session.scalars(select(CaseType.key).order_by(CaseType.key).limit(20)).all()
        raise one_field(pointer, "unknown_case_type", f"There is no case type “{key}”. Known: {', '.join(keys)}.")
    return found
