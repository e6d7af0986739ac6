"""Writes docs/reliability.md and .json from the results of fault runs: `python -m tests.faults.report var/faults …`."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ops.repository import ROOT

Result = dict[str, Any]
FIGURES = ("lost", "ghost", "double", "reordered", "stuck")
DOCUMENT, KEPT = ROOT / "docs" / "reliability.md", ROOT / "docs" / "reliability.json"

HEAD = """# Reliability

What was done to a running system while clients worked with it, and what became of everything that it had promised.
This page is generated from the results of the runs (`docs/reliability.json`); do not edit it.

    python3 crm.py test --only faults                       # the profile that every run of the tests includes
    python3 crm.py test --only fault-plan --seconds 10      # the whole plan
    python3 crm.py test --only fault-plan -k at_random --seconds 3600
    .venv-dev/bin/python -m tests.faults.report var/faults               # write this page anew from what those left

The load goes through the gateway: forms are submitted, customers renamed, orders placed and confirmed, tasks decided, each
request with an Idempotency-Key and repeated until it is answered. Afterwards a checker reads every database, the mail
server, the queues and parking, and compares: what was acknowledged with what is kept, each fact with its effects in
every service that listens, every copy with its original, every mail with what arrived.

- **lost**: acknowledged and not kept, or a committed fact without its effect. **ghost**: an effect of nothing.
- **double**: had its effect twice. **reordered**: a copy shows something older than what was published last.
- **stuck**: not published, still queued, parked, or mail that nobody sends.
- **in doubt**: a mail that was in the hands of a sender, or of a server, that died: it says so, and is not repeated by itself.
- **recovery**: from the end of the load until all of it has come to rest. *Committed* and *effects* count everything
  that the system has published since it was started, over all faults of the same run.
"""
FOOT = """
What these figures do not show: power loss and broken disks (processes are killed, the operating system goes on), partitions
between cluster nodes, clocks that jump, more than one machine. All of it ran on one machine with two cores.
"""


def main(arguments: list[str]) -> int:
    results = [json.loads(path.read_text()) for folder in arguments for path in sorted(Path(folder).glob("*.json"))]
    if not results:
        print("There are no results there. Run: python3 crm.py test --only fault-plan", file=sys.stderr)
        return 1
    results.sort(key=lambda one: (_number(one), one["scenario"], one["stack"], one.get("broker", "")))
    KEPT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    DOCUMENT.write_text(render(results), encoding="utf-8")
    return 0


def render(results: Sequence[Result]) -> str:
    """The whole page."""
    by_stack: dict[str, list[Result]] = defaultdict(list)
    for one in results:
        by_stack[_stack(one)].append(one)
    parts = [HEAD, _totals(results)]
    parts += [f"\n## {name}\n\n{_table(found)}" for name, found in sorted(by_stack.items())]
    return "".join([*parts, FOOT])


def _totals(results: Sequence[Result]) -> str:
    faults = sum(sum(one["faults"].values()) for one in results)
    figures = ", ".join(f"{name} {sum(one[name] for one in results)}" for name in FIGURES)
    acknowledged = sum(one["acknowledged"] for one in results)
    doubt = max((one["in_doubt"] for one in results), default=0)
    return (
        f"\n**{len(results)} trials, {faults:,} faults, {acknowledged:,} acknowledged requests: {figures}.** "
        f"At most {doubt} mails in doubt in one run.\n"
    )


def _table(results: Iterable[Result]) -> str:
    lines = [
        "| fault | how often | load, s | acknowledged | committed | effects | "
        + " | ".join(FIGURES)
        + " | in doubt | recovery, s | slowest 1 %, s |",
        "|---|---|" + "---:|" * (len(FIGURES) + 7),
    ]
    for one in results:
        faults = ", ".join(f"{what} {times}×" for what, times in one["faults"].items()) or "–"
        cells = [
            one["scenario"],
            faults,
            f"{one['seconds']:g}",
            *(f"{one[k]:,}" for k in ("acknowledged", "committed")),
        ]
        cells += [f"{one['effects']:,}", *(str(one[name]) for name in FIGURES), str(one["in_doubt"])]
        cells += [str(one["recovery_seconds"]), str(one["slowest_percent_seconds"])]
        lines.append(f"| {' | '.join(cells)} |")
    commits = ", ".join(sorted({one["commit"] for one in results}))
    seeds = ", ".join(sorted({str(one["seed"]) for one in results}))
    return "\n".join([*lines, "", f"Commit {commits}; seed {seeds}.", ""])


def _stack(one: Result) -> str:
    names = {
        "embedded": "SQLite and the embedded bus",
        "servers": "PostgreSQL and RabbitMQ",
        "cluster": "PostgreSQL and three RabbitMQ nodes",
    }
    version = one.get("broker")
    return names[one["stack"]] + (f" {version}" if version else "")


def _number(one: Result) -> int:
    return int(one["scenario"].split()[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
