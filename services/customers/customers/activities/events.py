"""The event about logged activities. Its wire name is written here and nowhere else."""

from datetime import datetime
from typing import ClassVar

from servicekit.messaging.events import Event


class ActivityLogged(Event, frozen=True, kw_only=True):
    """Staff wrote down an interaction with a customer."""

    TYPE: ClassVar[str] = "activity.logged.v1"

    id: str
    customer_id: str
    kind: str
    occurred_at: datetime


PUBLISHED: tuple[type[Event], ...] = (ActivityLogged,)
