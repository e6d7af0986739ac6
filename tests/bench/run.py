"""`crm.py bench`: measures the system and its limits, prints the table, compares with the committed budget."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench import budget, conditions, report  # noqa: E402 - the path above makes them importable
from tests.bench.bench_system import BenchSystem  # noqa: E402
from tests.bench.figures import Goal, Row  # noqa: E402
from tests.bench.plan import QUICK, WHOLE  # noqa: E402
from tests.bench.subjects import consumer, customers, database, forms, growth, latency, relay, start  # noqa: E402

SUBJECTS: dict[str, Callable[[BenchSystem], list[Row]]] = {
    "customers": customers.measure,
    "forms": forms.measure,
    "latency": latency.measure,
    "relay": relay.measure,
    "consumer": consumer.measure,
    "growth": growth.measure,
    "database": database.measure,
    "start": start.measure,
}


def main(arguments: list[str]) -> int:
    """Exit code 1 where a row failed, or is worse than the budget by more than a fifth."""
    asked = parse(arguments)
    names = asked.only.split(",") if asked.only else list(SUBJECTS)
    is_whole = not (asked.only or asked.quick)
    # With --json nothing else may stand in the output.
    say = partial(print, file=sys.stderr if asked.json else sys.stdout, flush=True)
    started = time.monotonic()
    # Stopped from outside it ends as by Ctrl-C: with all that it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="crm-bench-") as folder:
        bench = BenchSystem(QUICK if asked.quick else WHOLE, Path(folder), say)
        machine = conditions.of_machine(bench)
        with bench:
            rows = [row for name in names for row in _measured(bench, name)]
            machine |= conditions.of_servers(bench)
    say(f"\n{report.table(rows)}\n\n{time.monotonic() - started:.0f} s in all")
    if asked.json:
        print(json.dumps(report.as_json(rows, machine), indent=1, ensure_ascii=False))
    if asked.folder or is_whole:
        report.write(rows, machine, Path(asked.folder or ROOT / "docs"))
    return _judged(rows, asked, is_whole=is_whole, say=say)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="crm.py bench", description=__doc__)
    parser.add_argument("--only", help=f"these subjects alone, with commas: {', '.join(SUBJECTS)}")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON; progress goes to standard error")
    parser.add_argument("--quick", action="store_true", help="few short repeats on a small directory, to work with")
    parser.add_argument(
        "--update-budget", action="store_true", help="write the measured ratios to tests/bench/budget.json"
    )
    parser.add_argument("--folder", help="write performance.md and .json there, also after a part of the run")
    asked = parser.parse_args(arguments)
    if asked.only and (unknown := set(asked.only.split(",")) - set(SUBJECTS)):
        parser.error(f"there is no subject {', '.join(sorted(unknown))}")
    if asked.quick and asked.update_budget:
        parser.error("a quick run is no measure for the budget")
    return asked


def _measured(bench: BenchSystem, name: str) -> list[Row]:
    """Its rows; one row that says why, where it could not be measured. The other subjects go on."""
    bench.say(f"{name} …")
    started = time.monotonic()
    try:
        rows = SUBJECTS[name](bench)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is told, and fails the run
        bench.say(traceback.format_exc())
        return [Row(name=name, value=0, unit="", goal=Goal(text="can be measured"), failed=str(error) or repr(error))]
    bench.say(f"{name}: {time.monotonic() - started:.0f} s")
    return rows


def _judged(rows: Sequence[Row], asked: argparse.Namespace, *, is_whole: bool, say: Callable[[str], None]) -> int:
    failed = [f"{row.name}: {row.failed.splitlines()[0]}" for row in rows if row.failed]
    if asked.update_budget and not failed:
        budget.write(rows, is_whole=is_whole)
        say(f"written: {os.path.relpath(budget.FILE, ROOT)}")
    # A quick run is too short, and its directory too small, to be held against what a whole one measured.
    worse = [] if asked.quick else budget.worse(rows, budget.committed())
    for sentence in [*failed, *worse]:
        say(f"FAILED  {sentence}")
    return 1 if failed or worse else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
