"""Golden events: one committed example of every event, made from its class; `python -m tests.contract.golden_events` writes new ones."""

import enum
import importlib
import json
import types
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from servicekit.messaging.consumers import Consumers
from servicekit.messaging.events import Event, encode_data
from servicekit.runtime.subdomains import Subdomain

GOLDEN = Path(__file__).parent / "golden"
SERVICES = ("customers", "cases", "orders", "notifications", "gateway")
_MOMENT = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
_SAMPLES: dict[Any, Any] = {
    str: "text",
    int: 7,
    bool: True,
    float: 1.5,
    Decimal: Decimal("12.50"),
    datetime: _MOMENT,
    date: _MOMENT.date(),
    Any: "anything",
    type(None): None,
}


def published() -> dict[str, tuple[str, type[Event]]]:
    """Every event of the system: type → (service, class)."""
    found: dict[str, tuple[str, type[Event]]] = {}
    for service, subdomain in subdomains():
        for one in subdomain.published:
            assert one.TYPE not in found, f"{one.TYPE} is published twice"
            found[one.TYPE] = (service, one)
    return found


def consumed() -> dict[str, Consumers]:
    """What each service listens to."""
    found = {service: Consumers() for service in SERVICES}
    for service, subdomain in subdomains():
        found[service].extend(subdomain.consumers)
    return found


def subdomains() -> Iterator[tuple[str, Subdomain]]:
    """The sub-domains of every service, as its `app.py` names them."""
    for service in SERVICES:
        for one in importlib.import_module(f"{service}.app").SUBDOMAINS:
            yield service, one


def sample(kind: Any, *, left_out: bool = False) -> Any:
    """A value of this type: of a union the first member that is not None, or None where what is optional is `left_out`."""
    if kind in _SAMPLES:
        return _SAMPLES[kind]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind)
        return kind(**{name: sample(hints[name], left_out=left_out) for name in kind.__struct_fields__})
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if left_out and origin in _UNIONS and type(None) in inner:
        return None
    return _COMPOSED[origin](inner, lambda one: sample(one, left_out=left_out))


_UNIONS = (typing.Union, types.UnionType)
_COMPOSED: dict[Any, Any] = {
    **dict.fromkeys(_UNIONS, lambda of, make: make(next(one for one in of if one is not type(None)))),
    **dict.fromkeys((list, tuple, set, frozenset), lambda of, make: [make(of[0])]),
    dict: lambda of, make: {"key": make(of[1])},
    typing.Literal: lambda of, make: of[0],
    typing.Annotated: lambda of, make: make(of[0]),
}


def example(event: type[Event]) -> dict[str, Any]:
    """The event's data as on the wire."""
    return json.loads(bytes(encode_data(sample(event))))


def golden(event_type: str) -> Path:
    return GOLDEN / f"{event_type}.json"


def main() -> None:
    """Write what is missing; an existing one stays, for it is a promise."""
    for event_type, (_, event) in published().items():
        if not golden(event_type).exists():
            golden(event_type).write_text(
                json.dumps(example(event), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
            print(f"new: {event_type}")


if __name__ == "__main__":
    main()
