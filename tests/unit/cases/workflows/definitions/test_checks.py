"""The check before publishing, and what it promises about everything that passes it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.workflows.definitions.checks import check_graph
from cases.workflows.definitions.rules import END, read_graph
from tests.unit.cases.conftest import approval, task


def problems(*steps: dict[str, Any], **options: Any) -> set[tuple[str, str]]:
    return {(problem.pointer, problem.code) for problem in check_graph(steps, **options)}


def test_a_whole_definition_has_no_problems() -> None:
    assert problems(task("triage", to="approve"), approval("approve", no="triage")) == set()


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (task("a", transitions={}), ("/steps/0/transitions/done", "dangling_outcome")),
        (task("a", to="nowhere"), ("/steps/0/transitions/done", "unknown_step")),
        (task("a", transitions={"done": END, "x": END}), ("/steps/0/transitions/x", "unknown_outcome")),
        (task("a", outcomes=["done", "done"]), ("/steps/0/outcomes", "duplicate")),
        (task("a", to="a"), ("/steps/0/transitions", "end_not_reachable")),
        (task("end"), ("/steps/0/key", "reserved")),
        (task("a", assignees=[]), ("/steps/0/assignees", "required")),
        (task("a", assignees=["somebody"]), ("/steps/0/assignees/0", "unknown_selector")),
        (task("a", assignees=["boss:x"]), ("/steps/0/assignees/0", "unknown_selector")),
        (task("a", assignees=["field:case.mood"]), ("/steps/0/assignees/0", "unknown_selector")),
        (task("a", assignees=["user:usr_gone"]), ("/steps/0/assignees/0", "unknown_user")),
        (task("a", fallback=None), ("/steps/0/fallback", "required")),
        (task("a", timing={"due": "soon"}), ("/steps/0/timing/due", "not_a_duration")),
        (task("a", timing={"start_after": "2h", "due": "1h"}), ("/steps/0/timing/start_after", "start_after_due")),
        (
            task("a", timing={"due": "1h"}, reminders=[{"before_due": "2h"}]),
            ("/steps/0/reminders/0/before_due", "reminder_before_start"),
        ),
        (task("a", reminders=[{"before_due": "1h"}]), ("/steps/0/reminders/0/before_due", "due_needed")),
        (
            task("a", escalations=[{"after_due": "1h", "to": ["role:manager"]}]),
            ("/steps/0/escalations/0/after_due", "due_needed"),
        ),
        (
            task("a", timing={"due": "1h"}, escalations=[{"after_due": "0s", "to": []}]),
            ("/steps/0/escalations/0/to", "required"),
        ),
        (
            task("a", timing={"due": "1h"}, escalations=[{"after_due": "0s", "to": ["chief"]}]),
            ("/steps/0/escalations/0/to/0", "unknown_selector"),
        ),
    ],
)
def test_each_problem_is_named_at_its_place(step: dict[str, Any], problem: tuple[str, str]) -> None:
    assert problem in problems(step, known_users=frozenset())


def test_a_workflow_without_steps_is_refused() -> None:
    assert problems() == {("/steps", "required")}


def test_two_steps_of_one_key_are_refused() -> None:
    assert ("/steps/1/key", "duplicate") in problems(task("a"), task("a"))


def test_a_step_that_nothing_leads_to_is_refused() -> None:
    assert problems(task("a"), task("b")) == {("/steps/1", "unreachable_step")}


KEYS = ["a", "b", "c", "d"]


@st.composite
def graphs(draw: st.DrawFn) -> list[dict[str, Any]]:
    keys = KEYS[: draw(st.integers(1, 4))]
    steps = []
    for key in keys:
        outcomes = draw(st.lists(st.sampled_from(["done", "again", "other"]), min_size=1, max_size=3, unique=True))
        transitions = {outcome: draw(st.sampled_from([*keys, END])) for outcome in outcomes}
        steps.append(task(key, outcomes=outcomes, transitions=transitions))
    return steps


@given(graphs(), st.lists(st.integers(0, 2), max_size=30))
@settings(max_examples=200)
def test_what_may_be_published_waits_for_people_and_can_always_be_brought_to_its_end(
    steps: list[dict[str, Any]], choices: list[int]
) -> None:
    if check_graph(steps):
        return
    graph = read_graph(steps)
    here = graph.first
    for choice in choices:  # whatever people decide …
        following = graph.after(here.key, here.outcomes[choice % len(here.outcomes)])
        if following is None:
            return
        here = following
    waiting, seen = [here.key], {here.key}
    while waiting:  # … from where they are now some decisions lead to the end
        key = waiting.pop()
        for outcome in graph.step(key).outcomes:
            following = graph.after(key, outcome)
            if following is None:
                return
            if following.key not in seen:
                seen.add(following.key)
                waiting.append(following.key)
    pytest.fail("the end cannot be reached")
