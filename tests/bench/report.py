"""The table of a run, and the two generated files: performance.md for people, performance.json for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.figures import Row

INTRODUCTION = """# Performance

Written by `python3 crm.py bench`; do not edit. Every ratio is measured in one run on one machine: our path and its limit in
turn, medians of the repeats. The limits are what the same tools do without us:

- **L1** a bare Flask route with a JSON of a customer's size, under the same gunicorn · **L2** the same with one SQLAlchemy
  select by key from the same table · **L3** a plain Flask and requests forwarder before L2 · **L4** COPY into the table of
  customers with all its indexes · **L5** pika alone, 1 KB persistent, confirms in batches of 100, to the same two quorum
  queues · **L6** pgbench, one insert a transaction · **L7** a bare pika and psycopg consumer, two statements and a commit
  a message.
- *CPU* is of the whole system for one answer or event: every process of it, PostgreSQL and RabbitMQ included, the load
  generator left out. *CPU ratio* is the limit's CPU by ours; where neighbours make rates drift, it is the figure to trust.
  On N idle cores no more than N × 1000 / CPU ms a second are possible.
- *Rates* are orientation: they belong to the machine below.
"""
LEFT_OUT = """## What the figures do not show

- One machine, so load, system and servers share its cores; no network between them, no TLS, no replica.
- Only the directory is large. Cases and orders hold what the run itself made.
- While a rate of writes is measured, relay and listeners work on the same cores, and hold it down. The CPU of a write is
  the whole bill until every listener has heard, with what idle processes used meanwhile.
- The limits are measured while the system is halted; our paths while it runs.
- The disk's own durability: `fsync` is on, but what a flush costs is the virtual disk's affair (see L6).
- Growth is asked of the service alone, one question at a time.
- What neighbours on the machine did: the JSON says as `others_percent` how much of it they had. Above some ten percent
  rates and latencies are too bad, and the ratios of rates unsure.
"""


def table(rows: Sequence[Row]) -> str:
    """Goal, figures and verdict, a line each."""
    width = max((len(row.name) for row in rows), default=10)
    lines = [
        f"{'':<{width}}  {'value':>16} {'limit':>22} {'ratio':>6} {'CPU ms':>8} {'CPU ratio':>9}  {'goal':<24} met",
        "─" * (width + 98),
    ]
    lines += [
        f"{row.name:<{width}}  {_value(row):>16} {_limit(row):>22} {_share(row.ratio):>6} {_ms(row):>8} "
        f"{_share(row.cpu_ratio):>9}  {_goal(row):<24} {_verdict(row)}"
        for row in rows
    ]
    return "\n".join(lines)


def as_json(rows: Sequence[Row], machine: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One object a row, each with the conditions that it was measured under."""
    return [
        {
            "name": row.name,
            "value": _rounded(row.value),
            "unit": row.unit,
            "limit": _rounded(row.limit),
            "limit_name": row.limit_name or None,
            "ratio": _rounded(row.ratio),
            "goal": row.goal.text if row.goal else None,
            "met": row.is_met,
            "cpu_ms": _rounded(row.cpu_ms),
            "cpu_ratio": _rounded(row.cpu_ratio),
            **({"failed": row.failed} if row.failed else {}),
            "conditions": {**row.conditions, "machine": dict(machine)},
        }
        for row in rows
    ]


def write(rows: Sequence[Row], machine: Mapping[str, Any], folder: Path) -> None:
    """Both files."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(rows, machine), indent=1, ensure_ascii=False)
    (folder / "performance.json").write_text(text + "\n", encoding="utf-8")
    (folder / "performance.md").write_text(as_markdown(rows, machine), encoding="utf-8")


def as_markdown(rows: Sequence[Row], machine: Mapping[str, Any]) -> str:
    """For people: what was asked for first, then what is only for information."""
    asked = [row for row in rows if row.goal is not None]
    information = [row for row in rows if row.goal is None]
    parts = [INTRODUCTION, "## Goals\n", _markdown(asked), "## Limits and information\n", _markdown(information)]
    facts = "".join(f"- {name.replace('_', ' ')}: {value}\n" for name, value in machine.items())
    return "\n".join([*parts, "## Conditions\n", facts, LEFT_OUT])


def _markdown(rows: Sequence[Row]) -> str:
    head = "| what | value | limit | ratio | CPU ms | CPU ratio | goal | met | data, load |\n|---|---|---|---|---|---|---|---|---|\n"
    return head + "".join(
        f"| {row.name} | {_value(row)} | {_limit(row)} | {_share(row.ratio)} | {_ms(row)} | {_share(row.cpu_ratio)} "
        f"| {_goal(row)} | {_verdict(row)} | {_circumstances(row)} |\n"
        for row in rows
    )


def _circumstances(row: Row) -> str:
    known = row.conditions
    said = [f"{known['customers']:,} customers"] if known.get("customers") else []
    for name, text in (
        ("concurrency", "{} at a time"),
        ("repeats", "{} ×"),
        ("seconds", "{} s"),
        ("events", "{} events"),
    ):
        said += [text.format(known[name])] if name in known else []
    if "ratios" in known:
        said.append(f"ratios {min(known['ratios']):.2f} to {max(known['ratios']):.2f}")
    said += [f"p50 {known['p50_ms']:.1f} ms, p99 {known['p99_ms']:.1f} ms"] if "p99_ms" in known else []
    said += [f"others had {known['others_percent']:.0f} %"] if "others_percent" in known else []
    return ", ".join(said)


def _value(row: Row) -> str:
    return "FAILED" if row.failed else f"{_figure(row.value)} {row.unit}"


def _limit(row: Row) -> str:
    return "" if row.limit is None else f"{_figure(row.limit)} {row.limit_name}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"


def _share(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def _ms(row: Row) -> str:
    return "" if row.cpu_ms is None else f"{row.cpu_ms:.2f}"


def _goal(row: Row) -> str:
    return row.goal.text if row.goal else ""


def _verdict(row: Row) -> str:
    return {None: "", True: "yes", False: "NO"}[row.is_met]


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
