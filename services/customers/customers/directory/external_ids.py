"""The ids that other systems know customers by: each belongs to one customer."""

from collections.abc import Mapping

from sqlalchemy import delete
from sqlalchemy.orm import Session

from customers.directory.models import ExternalId
from customers.directory.queries import find_customer_id
from customers.directory.rules import ExternalIdTaken


def claim_external_ids(
    session: Session, customer_id: str, *, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Give up those that went and take the new ones; raises ExternalIdTaken where another customer has one."""
    changed = {system for system in {*before, *after} if before.get(system) != after.get(system)}
    if changed:
        mine = delete(ExternalId).where(ExternalId.customer_id == customer_id, ExternalId.system.in_(changed))
        session.execute(mine)
    for system in sorted(changed & after.keys()):
        _refuse_taken(session, system, after[system])
        session.add(ExternalId(system=system, external_id=after[system], customer_id=customer_id))


def _refuse_taken(session: Session, system: str, external_id: str) -> None:
    if find_customer_id(session, system, external_id) is not None:
        raise ExternalIdTaken(f"Another customer is {external_id} in {system}.")
