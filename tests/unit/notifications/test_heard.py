"""What this service reads of others' events is what they tell, with every optional part given and left out."""

import datetime as dt
import types
import typing
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from cases.events import PUBLISHED as OF_CASES
from customers.events import PUBLISHED as OF_CUSTOMERS
from gateway.identity.staff.events import PUBLISHED as OF_GATEWAY
from notifications.consumers import consumers
from orders.events import PUBLISHED as OF_ORDERS
from servicekit.messaging.events import encode_data

PUBLISHED = {event.TYPE: event for event in (*OF_CASES, *OF_CUSTOMERS, *OF_GATEWAY, *OF_ORDERS)}
PLAIN = {str: "x", bool: True, int: 1, dt.datetime: dt.datetime(2026, 3, 2, tzinfo=dt.UTC), Decimal: Decimal("1.50")}


@pytest.mark.parametrize("left_out", [False, True])
@pytest.mark.parametrize("event_type", sorted(consumers.by_type))
def test_an_event_as_its_publisher_tells_it_can_be_read(event_type: str, *, left_out: bool) -> None:
    told = example(PUBLISHED[event_type], left_out=left_out)
    msgspec.json.decode(encode_data(told), type=consumers.by_type[event_type][0].reads)


def example(kind: Any, *, left_out: bool) -> Any:
    """A value of this type; what may be null is null when `left_out`."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        given = next(one for one in inner if one is not types.NoneType)
        return None if left_out else example(given, left_out=left_out)
    if origin in {tuple, list}:
        return origin([example(inner[0], left_out=left_out)])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        members = typing.get_type_hints(kind)
        return kind(**{name: example(members[name], left_out=left_out) for name in kind.__struct_fields__})
    return PLAIN[kind]
