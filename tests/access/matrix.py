"""The matrix of every route against every kind of caller: `python -m tests.access.matrix --write` adds what is missing.

A cell says what must come of it: `in` (admitted: done, or refused for what was sent), `401` (who are you?), `403` (you
may not), `404` (there is nothing that you could know of). The command fills in rows of new operations with what it
sees, for you to judge line by line; a cell that is there already it never changes: delete a row to have it seen anew.
"""

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.access.callers import ACTORS
from tests.access.operations import Operation, operations, try_operation
from tests.access.scenario import Scenario, build_scenario, workers_stopped
from tests.stacks import running_stack

FILE: Final = Path(__file__).with_name("matrix.csv")
FIRST: Final = ("method", "path", "needs")
REMARK: Final = "remark"
COLUMNS: Final = (*FIRST, *ACTORS, REMARK)
COMMAND: Final = ".venv-dev/bin/python -m tests.access.matrix --write"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What must come of one operation, for each actor; the remark says why, where that is not plain."""

    operation: Operation
    cells: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""


def read_matrix(file: Path = FILE) -> list[Row]:
    """The committed rows, as they stand in the file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Row(
                operation=Operation(**{name: line[name] for name in FIRST}),
                cells={actor: line[actor] for actor in ACTORS},
                remark=line[REMARK],
            )
            for line in csv.DictReader(lines)
        ]


def write_matrix(rows: Iterable[Row], file: Path = FILE) -> None:
    """Sorted, so that a difference shows what changed."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(COLUMNS)
        for row in sorted(rows, key=lambda one: one.operation):
            one = row.operation
            out.writerow((one.method, one.path, one.needs, *(row.cells[actor] for actor in ACTORS), row.remark))


def observe(scenario: Scenario, operation: Operation) -> Row:
    """One row as it is now."""
    return Row(operation=operation, cells={actor: try_operation(scenario, operation, actor) for actor in ACTORS})


def add_missing() -> list[Row]:
    """Write the rows that operations lack, drop those of operations that are gone; returns what was added."""
    known = {row.operation: row for row in read_matrix()} if FILE.exists() else {}
    kept = [known[one] for one in operations() if one in known]
    missing = [one for one in operations() if one not in known]
    added = _observe_all(missing) if missing else []
    write_matrix([*kept, *added])
    return added


def _observe_all(missing: Iterable[Operation]) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder)) as stack:
        scenario = build_scenario(stack)
        with workers_stopped(stack):
            # Reads first: what is admitted to change something cannot spoil them.
            return [observe(scenario, one) for one in sorted(missing, key=lambda one: (one.method != "GET", one))]


def main(arguments: list[str]) -> int:
    """Add what is missing and show it."""
    parser = argparse.ArgumentParser(prog="python -m tests.access.matrix", description=__doc__)
    parser.add_argument("--write", action="store_true", required=True, help="add the rows of new operations")
    parser.parse_args(arguments)
    for row in add_missing():
        print(row.operation.name, " ".join(f"{actor}={cell}" for actor, cell in row.cells.items()))
    print(f"Read each new cell of {FILE.name} as an attacker would, before you commit it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
