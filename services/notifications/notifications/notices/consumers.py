"""The events that are announced to somebody: all that the table of notices lists."""

from typing import Any

from sqlalchemy.orm import Session

from notifications.notices.actions import send_notices
from notifications.notices.notice_table import NOTICES
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


def on_announced_event(session: Session, event: ReceivedEvent[Any]) -> None:
    send_notices(session, event, by=event.by)


for _type, _row in NOTICES.items():
    consumers.on(_type, reads=_row.reads)(on_announced_event)
