"""Read the timeline."""

from sqlalchemy import Select, and_, or_, select

from customers.projections.queries import visible_case_ids
from customers.timeline.models import TimelineEntry
from servicekit.auth import Principal, Scope


def entries_of(customer_id: str, principal: Principal, *, visible_ids: Select[str]) -> Select[TimelineEntry]:
    """What happened with the customer, also as the contact of another one, as far as the caller may see it.

    `visible_ids` are the customers that the caller may see. An entry about a case is shown to those who may see the
    case: it shows its subject.
    """
    elsewhere = or_(TimelineEntry.customer_id.is_(None), TimelineEntry.customer_id.in_(visible_ids))
    entries = select(TimelineEntry).where(
        or_(TimelineEntry.customer_id == customer_id, and_(TimelineEntry.contact_id == customer_id, elsewhere))
    )
    if principal.scope is Scope.ALL:
        return entries
    return entries.where(or_(TimelineEntry.case_id.is_(None), TimelineEntry.case_id.in_(visible_case_ids(principal))))


def entries_about(subject_type: str, subject_id: str) -> Select[TimelineEntry]:
    """The entries about one thing."""
    return select(TimelineEntry).where(
        TimelineEntry.subject_type == subject_type, TimelineEntry.subject_id == subject_id
    )
