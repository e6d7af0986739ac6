"""The check before publishing: every way a definition could hang, lose a decision or reach nobody, with its place."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any, TypeAlias

from cases.workflows.definitions.durations import NotADuration, parse_duration
from cases.workflows.definitions.rules import END, MAX_STEPS, NotASelector, outcomes_of, parse_selector
from servicekit.errors import FieldError

Steps: TypeAlias = Sequence[Mapping[str, Any]]


def check_graph(steps: Steps, *, known_users: AbstractSet[str] | None = None) -> list[FieldError]:
    """All problems at once, each with its JSON Pointer. `known_users=None`: do not look whether users exist."""
    if not steps:
        return [FieldError(pointer="/steps", code="required", detail="A workflow needs at least one step.")]
    if len(steps) > MAX_STEPS:
        return [FieldError(pointer="/steps", code="too_many", detail=f"At most {MAX_STEPS} steps.")]
    problems = list(_keys(steps))
    for index, step in enumerate(steps):
        place = f"/steps/{index}"
        problems += _transitions(place, step, {other["key"] for other in steps})
        problems += _people(place, step, known_users)
        problems += _clock(place, step)
    return problems or list(_paths(steps))


def _keys(steps: Steps) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, step in enumerate(steps):
        pointer = f"/steps/{index}/key"
        if step["key"] == END:
            yield FieldError(pointer=pointer, code="reserved", detail="“end” is the word for the end of the workflow.")
        if step["key"] in seen:
            yield FieldError(pointer=pointer, code="duplicate", detail=f"Two steps have the key “{step['key']}”.")
        seen.add(step["key"])


def _transitions(place: str, step: Mapping[str, Any], keys: AbstractSet[str]) -> Iterator[FieldError]:
    outcomes, transitions = outcomes_of(step), step.get("transitions") or {}
    if len(set(outcomes)) != len(outcomes):
        yield FieldError(pointer=f"{place}/outcomes", code="duplicate", detail="An outcome is named twice.")
    for outcome in outcomes:
        if outcome not in transitions:
            detail = f"The outcome “{outcome}” leads nowhere. Name a step or “end”."
            yield FieldError(pointer=f"{place}/transitions/{outcome}", code="dangling_outcome", detail=detail)
    for outcome, target in transitions.items():
        pointer = f"{place}/transitions/{outcome}"
        if outcome not in outcomes:
            yield FieldError(pointer=pointer, code="unknown_outcome", detail=f"This step has no outcome “{outcome}”.")
        if target != END and target not in keys:
            yield FieldError(pointer=pointer, code="unknown_step", detail=f"There is no step “{target}”.")


def _people(place: str, step: Mapping[str, Any], users: AbstractSet[str] | None) -> Iterator[FieldError]:
    assignees, fallback = step.get("assignees") or [], step.get("fallback")
    if not assignees:
        yield FieldError(pointer=f"{place}/assignees", code="required", detail="Say who is responsible for this step.")
    for number, text in enumerate(assignees):
        yield from _selector(f"{place}/assignees/{number}", text, users)
    if not fallback:
        detail = "Say who takes over when nobody else is there, for example role:administrator."
        yield FieldError(pointer=f"{place}/fallback", code="required", detail=detail)
    else:
        yield from _selector(f"{place}/fallback", fallback, users)
    for level, escalation in enumerate(step.get("escalations") or []):
        pointer = f"{place}/escalations/{level}/to"
        if not escalation.get("to"):
            yield FieldError(pointer=pointer, code="required", detail="Say to whom this step escalates.")
        for number, text in enumerate(escalation.get("to") or []):
            yield from _selector(f"{pointer}/{number}", text, users)


def _selector(pointer: str, text: str, users: AbstractSet[str] | None) -> Iterator[FieldError]:
    try:
        selector = parse_selector(text)
    except NotASelector as refusal:
        yield FieldError(pointer=pointer, code="unknown_selector", detail=str(refusal))
        return
    if users is not None and selector.kind == "user" and selector.value not in users:
        yield FieldError(pointer=pointer, code="unknown_user", detail=f"There is no user {selector.value}.")


def _clock(place: str, step: Mapping[str, Any]) -> Iterator[FieldError]:
    timing = step.get("timing") or {}
    lengths = {f"timing/{name}": timing.get(name) for name in ("start_after", "due")}
    lengths |= {f"reminders/{n}/before_due": r.get("before_due") for n, r in enumerate(step.get("reminders") or [])}
    lengths |= {f"escalations/{n}/after_due": e.get("after_due") for n, e in enumerate(step.get("escalations") or [])}
    read: dict[str, timedelta] = {}
    for name, text in lengths.items():
        try:
            read |= {name: parse_duration(text)} if text else {}
        except NotADuration as refusal:
            yield FieldError(pointer=f"{place}/{name}", code="not_a_duration", detail=str(refusal))
    yield from _order_in_time(place, read, [name for name in lengths if not name.startswith("timing/")])


def _order_in_time(place: str, read: Mapping[str, timedelta], moments: Sequence[str]) -> Iterator[FieldError]:
    due, start = read.get("timing/due"), read.get("timing/start_after", timedelta(0))
    if due is None:
        for name in moments:
            detail = "Reminders and escalations count from the due time: give the step one."
            yield FieldError(pointer=f"{place}/{name}", code="due_needed", detail=detail)
        return
    if start > due:
        detail = "The step would start after it is due."
        yield FieldError(pointer=f"{place}/timing/start_after", code="start_after_due", detail=detail)
    for name in moments:
        if name.startswith("reminders/") and name in read and due - read[name] < start:
            detail = "The reminder would come before the step has started."
            yield FieldError(pointer=f"{place}/{name}", code="reminder_before_start", detail=detail)


def _paths(steps: Steps) -> Iterator[FieldError]:
    """Every step can be reached from the first one, and from every step the end can be reached."""
    targets = {step["key"]: set((step.get("transitions") or {}).values()) for step in steps}
    reached = _closure({steps[0]["key"]}, targets)
    sources: dict[str, set[str]] = {}
    for key, leads_to in targets.items():
        for target in leads_to:
            sources.setdefault(target, set()).add(key)
    ending = _closure({END}, sources)
    for index, step in enumerate(steps):
        if step["key"] not in reached:
            detail = f"No outcome leads to “{step['key']}”."
            yield FieldError(pointer=f"/steps/{index}", code="unreachable_step", detail=detail)
        elif step["key"] not in ending:
            detail = f"From “{step['key']}” the end can never be reached."
            yield FieldError(pointer=f"/steps/{index}/transitions", code="end_not_reachable", detail=detail)


def _closure(start: set[str], edges: Mapping[str, AbstractSet[str]]) -> set[str]:
    found, queue = set(start), list(start)
    while queue:
        new = edges.get(queue.pop(), set()) - found
        found |= new
        queue += new
    return found
