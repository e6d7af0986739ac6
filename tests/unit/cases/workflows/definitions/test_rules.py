"""Definitions as the engine reads them."""

from cases.workflows.definitions.rules import read_graph
from tests.unit.cases.conftest import approval


def test_an_approval_has_its_two_outcomes_without_naming_them() -> None:
    [step] = read_graph([approval("check")]).steps
    assert step.outcomes == ("approve", "reject")
