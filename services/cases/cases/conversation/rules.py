"""Which way a message goes, and what it does to the status of its case."""

from enum import StrEnum

from cases.casework.rules import CaseStatus


class Direction(StrEnum):
    """`in`: from the customer, `out`: from us."""

    IN = "in"
    OUT = "out"


def status_after_message(status: CaseStatus, direction: Direction, *, is_internal: bool) -> CaseStatus:
    """A customer who answers brings the case back to us; a note among colleagues changes nothing."""
    if is_internal or direction is Direction.OUT:
        return status
    return status if status in (CaseStatus.NEW, CaseStatus.WORKING) else CaseStatus.WORKING
