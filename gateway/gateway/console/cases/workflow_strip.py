"""The strip over a case that shows its workflow run: steps that are done, the one that is active, those to come."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gateway.console.cases.decision import outcome_done
from gateway.console.page import formatters

END: Final = "end"
PHASES: Final = {"done": "done", "active": "now", "waiting": "now", "cancelled": "skipped"}
MOST_LATER: Final = 8


def workflow_strip(
    run: Mapping[str, Any], definition: Iterable[Mapping[str, Any]], names: Mapping[str, str]
) -> dict[str, Any]:
    """The steps that were and the one that is, from the run; those to come, from the definition."""
    steps = [_step(step, names) for step in run.get("steps", [])]
    now = next((index for index, step in enumerate(steps) if step["phase"] == "now"), len(steps) - 1)
    later = (
        _later({step["key"]: step for step in definition}, run["steps"][now]["key"])
        if run["status"] == "running" and steps
        else []
    )
    return {"name": run["workflow_name"], "status": run["status"], "position": now + 1, "steps": [*steps, *later]}


def _step(step: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    phase = PHASES.get(step["status"], "later")
    lines = _done(step, names) if phase == "done" else _active(step, names) if phase == "now" else ["not needed"]
    again = f" ({step['iteration']})" if step.get("iteration", 1) > 1 else ""
    return {"name": step["name"] + again, "phase": phase, "lines": lines, "due_at": step.get("due_at")}


def _done(step: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    deciders = [
        names.get(item.get("decided_by") or "", "") for item in step.get("work_items", []) if item.get("decided_by")
    ]
    who = ", ".join(name for name in deciders if name)
    outcome = step.get("outcome") or ""
    result = "" if outcome in {"", "done"} else outcome_done(outcome)
    return [
        line
        for line in (result, ", ".join(part for part in (who, formatters.when(step.get("ended_at"))) if part))
        if line
    ]


def _active(step: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    items = step.get("work_items", [])
    holders = [names.get(item["assignee_id"], "a colleague") for item in items if item.get("assignee_id")]
    if holders:
        return [", ".join(holders)]
    candidates = {user for item in items for user in item.get("candidate_ids", [])}
    if len(candidates) == 1:
        return [names.get(next(iter(candidates)), "one colleague")]
    return [f"any of {len(candidates)} asked"] if candidates else []


def _later(by_key: Mapping[str, Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
    """Follow the first outcome of each step, the good one, to the end."""
    found: list[dict[str, Any]] = []
    seen = {key}
    while len(found) < MOST_LATER:
        key = _next(by_key.get(key, {}))
        if key in seen or key not in by_key:
            return found
        seen.add(key)
        due = (by_key[key].get("timing") or {}).get("due")
        found.append(
            {
                "name": by_key[key]["name"],
                "phase": "later",
                "lines": [_length(due)] if due else [],
                "due_at": None,
            }
        )
    return found


def _next(step: Mapping[str, Any]) -> str:
    ways: Mapping[str, str] = step.get("transitions") or {}
    outcomes = [*(step.get("outcomes") or []), *ways]
    return ways.get(outcomes[0], END) if outcomes else END


def _length(text: str) -> str:
    """PT4H and P2D as people say them; other lengths as they are written."""
    units = {"H": "hours", "D": "days", "M": "minutes"}
    plain = text.upper().replace("PT", "").replace("P", "")
    if plain[:-1].isdigit() and plain[-1] in units:
        unit = units[plain[-1]]
        return f"{plain[:-1]} {unit[:-1] if plain[:-1] == '1' else unit}"
    return text
