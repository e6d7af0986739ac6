"""Every route against every kind of caller, through the real gateway: the outcome is what `matrix.csv` says."""

from dataclasses import dataclass

import pytest

from servicekit.auth import PUBLIC, SIGNED_IN, Kind, Principal
from tests.access.callers import ACTORS, ANONYMOUS, KEY, NO_RIGHT, STAFF, WRONG_TOKEN
from tests.access.matrix import COMMAND, FILE, Row, read_matrix
from tests.access.operations import IN, Operation, operations, try_operation
from tests.access.scenario import Scenario
from tests.access.storage import watch_storage


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One expectation."""

    operation: Operation
    actor: str
    expected: str

    def __str__(self) -> str:
        return f"{self.operation.name} as {self.actor}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of all cells, and what those that were refused have changed all the same."""

    wrong: list[str]
    changed_by_refused: list[str]


def cells_of(rows: list[Row]) -> list[Cell]:
    return [Cell(operation=row.operation, actor=actor, expected=row.cells[actor]) for row in rows for actor in ACTORS]


def wrong_ones(seen: dict[Cell, str]) -> list[str]:
    """The cells that do not hold, each in a line."""
    return [f"{cell}: must be {cell.expected}, is {found}" for cell, found in seen.items() if found != cell.expected]


@pytest.fixture(scope="module")
def outcome(idle: Scenario) -> Outcome:
    """All cells; those that must be refused first, while everything is there that could be taken away."""
    known = set(operations())
    cells = [cell for cell in cells_of(read_matrix()) if cell.operation in known]
    seen, changed = {}, []
    with watch_storage(idle.stack) as storage:
        for cell in sorted(cells, key=lambda one: one.expected == IN):
            seen[cell] = try_operation(idle, cell.operation, cell.actor)
            changes = storage.changes()
            if seen[cell] != IN:
                changed += [f"{cell} was refused with {seen[cell]}: {change}" for change in changes]
    return Outcome(wrong=wrong_ones(seen), changed_by_refused=changed)


def test_every_operation_has_a_row_and_every_row_is_an_operation() -> None:
    documented, judged = set(operations()), [row.operation for row in read_matrix()]
    missing = [f"{one.name} (needs {one.needs})" for one in sorted(documented - set(judged))]
    gone = [f"{one.name} (needs {one.needs})" for one in sorted(set(judged) - documented)]
    assert (missing, gone) == ([], []), (
        f"{FILE.name} lacks {missing} and has {gone}, which the document has not. "
        f"Run `{COMMAND}`, judge each new cell as an attacker would, and commit the file."
    )
    assert judged == sorted(documented), f"{FILE.name} is not sorted: run `{COMMAND}`."


def test_every_expectation_agrees_with_the_permission_that_the_route_names() -> None:
    """Derived a second time, from the roles alone, so that nobody records a hole as what must be."""
    disagreeing = []
    for cell in cells_of(read_matrix()):
        allowed = allowed_outcomes(cell)
        if cell.expected not in allowed:
            disagreeing.append(f"{cell}: says {cell.expected}, can only be {' or '.join(sorted(allowed))}")
    assert not disagreeing, "\n".join(disagreeing)


def allowed_outcomes(cell: Cell) -> set[str]:
    needs = cell.operation.needs
    if cell.actor == WRONG_TOKEN:
        return {"401"}
    if cell.actor == ANONYMOUS:
        return {IN} if needs == PUBLIC else {"401"}
    permissions = STAFF[cell.actor].permissions if cell.actor in STAFF else (NO_RIGHT,)
    principal = Principal(id=cell.actor, kind=Kind.USER, permissions=frozenset(permissions))
    if needs not in {PUBLIC, SIGNED_IN} and not principal.can(needs):
        return {"403"}
    return {IN, "403"} if cell.actor == KEY else {IN, "403", "404"}


def test_every_cell_holds(outcome: Outcome) -> None:
    assert not outcome.wrong, f"{len(outcome.wrong)} cells do not hold:\n" + "\n".join(outcome.wrong)


def test_nothing_that_was_refused_has_changed_anything(outcome: Outcome) -> None:
    assert not outcome.changed_by_refused, "\n".join(outcome.changed_by_refused)


def test_head_opens_no_more_than_get(idle: Scenario) -> None:
    reads = [cell for cell in cells_of(read_matrix()) if cell.operation.method == "GET"]
    asked = [cell for cell in reads if cell.actor in {ANONYMOUS, "chief_other_team"}]
    seen = {cell: try_operation(idle, cell.operation, cell.actor, method="HEAD") for cell in asked}
    assert not (wrong := wrong_ones(seen)), "\n".join(wrong)
