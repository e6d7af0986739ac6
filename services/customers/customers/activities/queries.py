"""Read the timeline, notes and activities; each is seen by those who see its customer."""

from typing import TypeVar

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from customers.activities.models import Activity, Note
from customers.directory.queries import visible_customer_ids
from customers.projections.queries import visible_case_ids
from customers.timeline.models import TimelineEntry
from servicekit.auth import Principal, Scope
from servicekit.errors import NotFound

T = TypeVar("T", Note, Activity)


def timeline_of(customer_id: str, principal: Principal) -> Select[TimelineEntry]:
    """What happened with the customer, also as the contact of another one, as far as the caller may see it.

    An entry about a case is shown to those who may see the case: it says its subject.
    """
    elsewhere = or_(TimelineEntry.customer_id.is_(None), TimelineEntry.customer_id.in_(visible_customer_ids(principal)))
    entries = select(TimelineEntry).where(
        or_(TimelineEntry.customer_id == customer_id, and_(TimelineEntry.contact_id == customer_id, elsewhere))
    )
    if principal.scope is Scope.ALL:
        return entries
    return entries.where(or_(TimelineEntry.case_id.is_(None), TimelineEntry.case_id.in_(visible_case_ids(principal))))


def visible_written(entity: type[T], principal: Principal) -> Select[T]:
    """The notes, or the activities, of every customer in the caller's record scope."""
    return select(entity).where(entity.customer_id.in_(visible_customer_ids(principal)))


def find_written(session: Session, entity: type[T], principal: Principal, written_id: str) -> T:
    """Raises NotFound, also where the caller may not see its customer."""
    found = session.scalars(visible_written(entity, principal).where(entity.id == written_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no such {entity.__name__.lower()}, or it is not about one of your customers.")
    return found


def entry_about(subject_type: str, subject_id: str) -> Select[TimelineEntry]:
    """The entries that tell of one thing."""
    return select(TimelineEntry).where(
        TimelineEntry.subject_type == subject_type, TimelineEntry.subject_id == subject_id
    )
