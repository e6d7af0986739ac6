"""Rounds: our path and its limit one after the other, again and again, so that a drifting machine hits both."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from tests.bench.accounting import Trees, spent_between
from tests.bench.bench_system import BenchSystem, asleep
from tests.bench.draining import drained
from tests.bench.driving import CONCURRENCY, Load, put_on
from tests.bench.figures import Measured


@dataclass
class Rounds:
    """Measurements by name, in the order in which they were made."""

    bench: BenchSystem
    seen: dict[str, list[Measured]] = field(default_factory=lambda: defaultdict(list))
    drain_seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Whose CPU is counted: the system's, or the bare chain's; the database's in both."""
        self._system = self.bench.trees(self.bench.system)
        self._chain = self.bench.chain.trees(self.bench.server_pids)

    def limit(self, name: str, load: Load) -> Measured:
        """On the bare chain, while the system sleeps."""
        with asleep(self.bench.system):
            return self._add(name, load, self._chain)

    def ours(self, name: str, load: Load) -> Measured:
        """On the running system."""
        return self._add(name, load, self._system)

    def writing(self, name: str, load: Load) -> Measured:
        """The same, and then wait until everything that it caused has happened: all that is on its bill."""
        before = self._system.cpu_seconds()
        run = self.ours(name, load)
        self.drain_seconds.append(drained(self.bench.system))
        bill = spent_between(before, self._system.cpu_seconds())
        share = run.answers / (run.answers + run.warm_answers)
        run = replace(run, cpu={part: seconds * share for part, seconds in bill.items()})
        self.seen[name][-1] = run
        self.bench.say(
            f"    everything has followed {self.drain_seconds[-1]:.1f} s later, {run.cpu_ms:.1f} ms CPU in all"
        )
        return run

    def facts(self) -> dict[str, Any]:
        """What all rows of these rounds have in common."""
        plan = self.bench.plan
        return {
            "concurrency": CONCURRENCY,
            "repeats": plan.repeats,
            "seconds": plan.seconds,
            "customers": plan.customers,
            "contacts": plan.contacts,
        }

    def written_facts(self) -> dict[str, Any]:
        """The same for what also caused something elsewhere."""
        return {
            **self.facts(),
            "cpu": "until everything that it caused had happened in every service",
            "drain_seconds": [round(seconds, 1) for seconds in self.drain_seconds],
        }

    def _add(self, name: str, load: Load, trees: Trees) -> Measured:
        plan = self.bench.plan
        run = put_on(load, seconds=plan.seconds, warm_seconds=plan.warm_seconds, system=trees)
        self.seen[name].append(run)
        self.bench.say(
            f"  {name}: {run.rate:.0f}/s, p50 {run.p50_ms:.1f} ms, {run.cpu_ms:.2f} ms CPU, "
            f"others had {run.others_percent:.0f} % of the machine"
        )
        return run
