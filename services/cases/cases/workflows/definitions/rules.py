"""What a workflow definition is made of: steps, their people, their clock and where each outcome leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from cases.workflows.definitions.durations import parse_duration

END = "end"
REJECT = "reject"
MAX_STEPS = 50


class DefinitionStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class StepKind(StrEnum):
    TASK = "task"
    APPROVAL = "approval"


class Distribution(StrEnum):
    """Who has to act: one of the candidates, or every one of them."""

    FIRST_CLAIM = "first_claim"
    ALL = "all"


DEFAULT_OUTCOMES = {StepKind.TASK: ("done",), StepKind.APPROVAL: ("approve", REJECT)}

FIELDS = frozenset({"case.owner", "case.team", "case.owner.manager", "customer.owner", "customer.team"})
"""What a `field:` selector may name; the subject of a run says who they are at that moment."""


@dataclass(frozen=True, kw_only=True)
class Selector:
    """`role:support`, `user:usr_…`, `team:…` or `field:case.owner`: people named by what they are, not who."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, kw_only=True)
class Escalation:
    after_due: timedelta
    to: tuple[Selector, ...]


@dataclass(frozen=True, kw_only=True)
class StepSpec:
    """One step as it was published. Reminders are lengths before `due`, escalations lengths after it."""

    key: str
    name: str
    kind: StepKind
    instructions: str | None
    assignees: tuple[Selector, ...]
    fallback: Selector | None
    distribution: Distribution
    start_after: timedelta | None
    due: timedelta | None
    reminders: tuple[timedelta, ...]
    escalations: tuple[Escalation, ...]
    outcomes: tuple[str, ...]
    transitions: Mapping[str, str]


class NotASelector(ValueError):
    """The text does not name people in a way this program knows."""


def parse_selector(text: str) -> Selector:
    kind, colon, value = text.strip().partition(":")
    if not colon or not value:
        raise NotASelector(f"“{text[:60]}” names nobody. Write role:…, user:…, team:… or field:….")
    if kind not in {"role", "user", "team", "field"}:
        raise NotASelector(f"“{kind[:30]}:” is not known. Use role:, user:, team: or field:.")
    if kind == "field" and value not in FIELDS:
        raise NotASelector(f"“{value[:40]}” is not a field with people. Known: {', '.join(sorted(FIELDS))}.")
    return Selector(kind=kind, value=value)


def outcomes_of(step: Mapping[str, Any]) -> tuple[str, ...]:
    """The step's own outcomes, or those every step of its kind has."""
    return tuple(step.get("outcomes") or DEFAULT_OUTCOMES[StepKind(step.get("kind", "task"))])


def read_step(step: Mapping[str, Any]) -> StepSpec:
    """Turn one checked step of a graph into what the engine works with."""
    timing = step.get("timing") or {}
    fallback = step.get("fallback")
    return StepSpec(
        key=step["key"],
        name=step["name"],
        kind=StepKind(step.get("kind", "task")),
        instructions=step.get("instructions"),
        assignees=tuple(parse_selector(text) for text in step.get("assignees") or ()),
        fallback=parse_selector(fallback) if fallback else None,
        distribution=Distribution(step.get("distribution") or "first_claim"),
        start_after=_length(timing.get("start_after")),
        due=_length(timing.get("due")),
        reminders=tuple(parse_duration(reminder["before_due"]) for reminder in step.get("reminders") or ()),
        escalations=tuple(_escalation(escalation) for escalation in step.get("escalations") or ()),
        outcomes=outcomes_of(step),
        transitions=dict(step.get("transitions") or {}),
    )


def _length(text: str | None) -> timedelta | None:
    return parse_duration(text) if text else None


def _escalation(escalation: Mapping[str, Any]) -> Escalation:
    return Escalation(
        after_due=parse_duration(escalation["after_due"]),
        to=tuple(parse_selector(text) for text in escalation["to"]),
    )


@dataclass(frozen=True, kw_only=True)
class Graph:
    """The steps of one published version, the first one first."""

    steps: tuple[StepSpec, ...]

    @property
    def first(self) -> StepSpec:
        return self.steps[0]

    def step(self, key: str) -> StepSpec:
        return next(step for step in self.steps if step.key == key)

    def after(self, key: str, outcome: str) -> StepSpec | None:
        """The step that follows, or None when the workflow ends here."""
        target = self.step(key).transitions[outcome]
        return None if target == END else self.step(target)


def read_graph(steps: Sequence[Mapping[str, Any]]) -> Graph:
    return Graph(steps=tuple(read_step(step) for step in steps))
