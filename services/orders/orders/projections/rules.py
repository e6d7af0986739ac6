"""When a customer may buy, and how its name is found."""

import unicodedata

from servicekit.errors import Conflict


class CustomerBlocked(Conflict):
    """No new order and no confirmation for a blocked customer."""


class CustomerArchived(Conflict):
    """An archived customer is read-only."""


def check_may_buy(*, name: str, is_archived: bool, is_blocked: bool) -> None:
    """Raise the reason why this customer cannot order now."""
    if is_archived:
        raise CustomerArchived(f"{name} is archived: restore the customer before you sell to it.")
    if is_blocked:
        raise CustomerBlocked(f"{name} is blocked: unblock the customer before you sell to it.")


def search_key(text: str) -> str:
    """The form in which names are compared: no case, no accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))
