"""Read notes and activities; each is seen by those who see its customer."""

from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from customers.activities.models import Activity, Note
from customers.directory.queries import visible_customer_ids
from servicekit.auth import Principal
from servicekit.errors import NotFound

T = TypeVar("T", Note, Activity)


def visible_notes(principal: Principal) -> Select[Note]:
    """The notes about every customer in the caller's record scope."""
    return _visible(Note, principal)


def visible_activities(principal: Principal) -> Select[Activity]:
    """The activities with every customer in the caller's record scope."""
    return _visible(Activity, principal)


def get_note(session: Session, principal: Principal, note_id: str) -> Note:
    """Raises NotFound, also where the caller may not see its customer."""
    return _get(session, Note, principal, note_id)


def get_activity(session: Session, principal: Principal, activity_id: str) -> Activity:
    """Raises NotFound, also where the caller may not see its customer."""
    return _get(session, Activity, principal, activity_id)


def _visible(entity: type[T], principal: Principal) -> Select[T]:
    return select(entity).where(entity.customer_id.in_(visible_customer_ids(principal)))


def _get(session: Session, entity: type[T], principal: Principal, id: str) -> T:
    found = session.scalars(_visible(entity, principal).where(entity.id == id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no such {entity.__name__.lower()}, or it is not about one of your customers.")
    return found
