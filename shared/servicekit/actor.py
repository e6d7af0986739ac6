"""Who does it: the `Actor` that every action takes, be it a person, a key, a visitor, an event or the clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from servicekit.auth import Kind, Principal


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who does something, when, and because of what.

    `id` is None where no user and no key acts: a visitor, an event, the clock. `principal` is there where somebody
    asks, and says what they may see. `cause` is the id of the request, event or job run that this belongs to.
    """

    now: datetime
    kind: Kind
    id: str | None = None
    principal: Principal | None = None
    cause: str | None = None

    @classmethod
    def of(cls, principal: Principal, *, now: datetime, cause: str | None = None) -> Self:
        """Whoever sent a request; a visitor has no id."""
        known = None if principal.kind is Kind.PUBLIC else principal.id
        return cls(now=now, kind=principal.kind, id=known, principal=principal, cause=cause)

    @classmethod
    def system(cls, *, now: datetime, cause: str | None = None) -> Self:
        """Nobody in particular: an event or the clock."""
        return cls(now=now, kind=Kind.SYSTEM, cause=cause)
