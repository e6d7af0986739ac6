"""What the decisions taken so far mean for their step."""

import pytest

from cases.workflows.definitions.rules import END, Distribution, read_graph
from cases.workflows.runs.rules import step_outcome
from tests.unit.cases.conftest import approval, task

EVERYBODY = read_graph([approval("check", distribution="all")]).first


@pytest.mark.parametrize(
    ("decisions", "undecided", "outcome"),
    [
        ([], 2, None),
        (["approve"], 1, None),
        (["approve", "approve"], 0, "approve"),
        (["reject"], 1, "reject"),
        (["approve", "reject"], 0, "reject"),
    ],
)
def test_where_everybody_decides_one_rejection_ends_it(
    decisions: list[str], undecided: int, outcome: str | None
) -> None:
    assert EVERYBODY.distribution is Distribution.ALL
    assert step_outcome(EVERYBODY, decisions, undecided) == outcome


def test_of_several_outcomes_the_one_named_most_often_wins() -> None:
    step = read_graph([task("a", distribution="all", outcomes=["x", "y"], transitions={"x": END, "y": END})]).first
    assert step_outcome(step, ["y", "x", "y"], 0) == "y"
    assert step_outcome(step, ["y", "x"], 0) == "x"
