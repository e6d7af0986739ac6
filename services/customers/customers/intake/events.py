"""The event about submitted forms. Its wire name is written here and nowhere else."""

from typing import ClassVar

from servicekit.messaging.events import Event


class SubmitterIdentified(Event, frozen=True, kw_only=True):
    """It is known who submitted a form; `customer_id` is the organization where one was given, else the person."""

    TYPE: ClassVar[str] = "submitter.identified.v1"

    submission_id: str
    case_id: str
    customer_id: str
    person_id: str
    organization_id: str | None
    was_created: bool


PUBLISHED: tuple[type[Event], ...] = (SubmitterIdentified,)
