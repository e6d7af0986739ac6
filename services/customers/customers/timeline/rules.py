"""Which kinds of entries count as an interaction with the customer, and how lists and amounts are written in titles."""

from collections.abc import Mapping, Sequence

INTERACTIONS = frozenset(
    {"form.submitted", "case.opened", "message.added", "order.placed", "payment.received", "activity"}
)
MAX_TITLE = 500


def shortened(title: str) -> str:
    """As long as a title may be."""
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1]}…"


def list_people(names: Sequence[str]) -> str:
    """Two names at most; the rest is counted."""
    shown, rest = names[:2], len(names) - 2
    if rest > 0:
        return "{names} and {count} more".format(names=", ".join(shown), count=rest)
    return " and ".join(shown)


def list_fields(changes: Sequence[Mapping[str, object]]) -> str:
    """The fields of `[{"field": "name", …}, {"field": "postal_code", …}]` are "name and postal code"."""
    names = [str(change["field"]).replace("_", " ") for change in changes]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def money_text(money: Mapping[str, str]) -> str:
    """`{"amount": "12.50", "currency": "EUR"}` is "12.50 EUR"."""
    return f"{money['amount']} {money['currency']}"
