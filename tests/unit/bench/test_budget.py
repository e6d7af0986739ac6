"""When a run is worse than the committed ratios, and what a run writes down."""

import json
from pathlib import Path

import pytest

from tests.bench import budget, report
from tests.bench.figures import Better, Goal, Measured, Row, pooled, rate_row


def row(ratio: float | None, better: Better = Better.HIGHER) -> Row:
    return Row(name="by id", value=100, unit="/s", ratio=ratio, better=better)


@pytest.mark.parametrize(("ratio", "is_worse"), [(0.9, False), (0.5, False), (0.4, False), (0.39, True)])
def test_a_rate_may_fall_by_a_fifth(ratio: float, is_worse: bool) -> None:
    assert bool(budget.worse([row(ratio)], {"by id": 0.5})) is is_worse


@pytest.mark.parametrize(("ratio", "is_worse"), [(0.9, False), (1.0, False), (1.2, False), (1.21, True)])
def test_growth_may_rise_by_a_fifth(ratio: float, is_worse: bool) -> None:
    assert bool(budget.worse([row(ratio, Better.LOWER)], {"by id": 1.0})) is is_worse


def test_a_row_without_ratio_or_without_budget_is_never_worse() -> None:
    assert budget.worse([row(None)], {"by id": 0.5}) == []
    assert budget.worse([row(0.1)], {"another": 0.5}) == []


def test_a_part_of_a_run_keeps_the_other_ratios_and_a_whole_one_forgets_them(tmp_path: Path) -> None:
    file = tmp_path / "budget.json"
    file.write_text('{"gone": 0.7}')
    budget.write([row(0.5)], file, is_whole=False)
    assert budget.committed(file) == {"gone": 0.7, "by id": 0.5}
    budget.write([row(0.5)], file, is_whole=True)
    assert budget.committed(file) == {"by id": 0.5}


def test_a_goal_is_of_the_ratio_unless_it_is_of_the_value() -> None:
    at_least = Goal(text="≥ 75 %", at_least=0.75)
    assert Row(name="a", value=3, unit="/s", ratio=0.74, goal=at_least).is_met is False
    assert Row(name="a", value=3, unit="/s", ratio=0.75, goal=at_least).is_met is True
    at_most = Goal(text="≤ 8 s", at_most=8, is_of_value=True)
    assert Row(name="a", value=8.1, unit="s", ratio=0.1, goal=at_most).is_met is False
    assert Row(name="a", value=8.0, unit="s", goal=at_most).is_met is True
    assert Row(name="a", value=8.0, unit="s").is_met is None


def run(rate: float, cpu: float = 1.0) -> Measured:
    return Measured(answers=int(rate), seconds=1, cpu={"web": cpu})


def test_the_ratio_is_the_median_of_neighbours_not_the_ratio_of_medians() -> None:
    # The machine was ten times slower in the second round: both paths were.
    found = rate_row("by id", [run(100), run(10), run(90)], limit=[run(200), run(20), run(180)])
    assert found.ratio == 0.5
    assert found.value == 90


def test_the_cpu_ratio_says_how_much_cheaper_the_limit_is() -> None:
    found = rate_row("by id", [run(100, cpu=0.4)], limit=[run(100, cpu=0.1)])
    assert found.cpu_ms == 4
    assert found.cpu_ratio == 0.25


def test_short_runs_are_put_together_before_percentiles_are_taken() -> None:
    fast = Measured(answers=3, seconds=1, cpu={"web": 1.0}, delays=(0.001, 0.002, 0.003))
    slow = Measured(answers=1, seconds=2, cpu={"web": 3.0}, delays=(0.1,))
    both = pooled([fast, slow])
    assert (both.answers, both.seconds, both.cpu) == (4, 3, {"web": 4.0})
    assert (both.p50_ms, both.p95_ms) == (2, 100)


def test_the_json_has_the_promised_members_for_every_row(tmp_path: Path) -> None:
    failed = Row(name="forms", value=0, unit="", failed="two were lost")
    report.write([row(0.5), failed], {"cores": 2}, tmp_path)
    rows = json.loads((tmp_path / "performance.json").read_text())
    promised = {"name", "value", "limit", "ratio", "goal", "met", "cpu_ms", "conditions"}
    assert all(promised <= set(one) for one in rows)
    assert rows[0]["conditions"]["machine"] == {"cores": 2}
    assert rows[1]["met"] is False
    assert "FAILED" in (tmp_path / "performance.md").read_text()
