"""What workflows run about: each kind of record says here what it is and what follows when its workflow ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the engine needs to know of the record that a workflow runs about."""

    type: str
    id: str
    number: str
    title: str
    customer_id: str | None
    owner_id: str | None
    team_id: str | None


class SubjectKind(Protocol):
    """The other half of the engine, written by the sub-domain that owns the records."""

    def note(
        self, session: Session, subject_id: str, *, kind: str, detail: Mapping[str, Any], by: str | None, now: datetime
    ) -> None:
        """Add a line to the record's history."""

    def on_completed(self, session: Session, subject_id: str, *, outcome: str, by: str | None, now: datetime) -> None:
        """The workflow reached its end with this outcome."""


_kinds: dict[str, SubjectKind] = {}


def register_kind(type_: str, kind: SubjectKind) -> None:
    """Called once a kind, when the module that owns it is imported."""
    _kinds[type_] = kind


def kind_of(type_: str) -> SubjectKind:
    return _kinds[type_]
