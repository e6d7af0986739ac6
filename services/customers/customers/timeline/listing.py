"""How the timeline is filtered, sorted and searched."""

from customers.timeline.models import TimelineEntry
from customers.timeline.search import matching
from servicekit.http.filters import instant, text
from servicekit.http.listing import Listing

TIMELINE = Listing(
    id=TimelineEntry.source_event,
    filters={
        "kind": text(TimelineEntry.kind),
        "at": instant(TimelineEntry.at),
        "case_id": text(TimelineEntry.case_id),
        "actor_id": text(TimelineEntry.actor_id),
    },
    sorts={"at": TimelineEntry.at},
    default_sort="-at",
    search=matching,
)
