"""One fault under load: what was done to the system, and what became of everything that it had promised."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ops.repository import ROOT
from ops.waiting import Patience, Stalled
from tests.e2e.journey import Company
from tests.faults.checker import Findings, check, waiting
from tests.faults.load import Load
from tests.faults.post_office import PostOffice
from tests.stacks import Stack

RESULTS = Path(os.environ.get("CRM_FAULT_RESULTS") or ROOT / "var" / "faults")
SECONDS = float(os.environ.get("CRM_FAULT_SECONDS") or 3)
SEED = int(os.environ.get("CRM_FAULT_SEED") or 0) or random.SystemRandom().randrange(1, 2**31)
PUBLISHED_BY_TESTS: set[str] = set()


@dataclass
class Trial:
    """`seconds` is how long the load and the faults last; everything random follows from the seed."""

    scenario: str
    stack: Stack
    company: Company
    office: PostOffice | None
    kind: str
    broker: str = ""
    """Its version, where there is one."""
    seed: int = SEED
    seconds: float = SECONDS
    faults: Counter[str] = field(default_factory=Counter)
    loads: list[Load] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    published: set[str] = field(default_factory=lambda: PUBLISHED_BY_TESTS)
    """Events of no service: a test published them."""

    def __post_init__(self) -> None:
        self.random = random.Random(f"{self.seed} {self.scenario}")

    @contextmanager
    def under_load(self, **options: Any) -> Iterator[Load]:
        """Clients at work while inside; all that they began is answered at the end."""
        load = Load(self.stack, self.company, seed=self.random.randrange(2**20), **options)
        self.loads.append(load)
        with load.running():
            yield load

    def until_time_is_up(self, fault: Callable[[], object], *, every: float) -> None:
        """Commit a fault again and again, while the load goes on."""
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            time.sleep(every * self.random.uniform(0.5, 1.5))
            fault()

    def kill(self, *names: str, **extra: str) -> None:
        """As kill -9, and start again, as a supervisor does."""
        self.stack.kill(*names)
        self.faults.update(f"kill {name}" for name in names)
        self.stack.start(*names, **extra)

    def judge(self, *, expect_parked: int = 0) -> Findings:
        """Wait until everything has come to rest, write the result down, and fail where anything is wrong."""
        found, seconds = self._settle()
        self._write(found, seconds)
        refusals = {what: times for load in self.loads for what, times in load.refusals.items() if not _is_a_race(what)}
        unanswered = [deed.key for load in self.loads for deed in load.deeds if deed.status is None]
        assert (found.wrong, refusals, unanswered) == ({}, {}, []), self._where()
        assert len(found.stuck) == expect_parked
        return found

    def _settle(self) -> tuple[Findings, float]:
        """What the checker finds when it finds nothing wrong any more, or when nothing moves any more."""
        began = time.monotonic()
        unfinished: list[str] = []
        pauses = Patience("everything has come to rest", progress=lambda: list(unfinished))
        while True:
            unfinished[:] = waiting(self.stack)
            found = None if unfinished else self._check()
            if found and not found.wrong:
                return found, time.monotonic() - began
            if found:
                unfinished[:] = [sentence for sentences in found.wrong.values() for sentence in sentences]
            try:
                pauses.pause()
            except Stalled:
                return self._check(), time.monotonic() - began

    def _check(self) -> Findings:
        return check(self.stack, self.loads, self.office, also_published=self.published)

    def _write(self, found: Findings, recovery_seconds: float) -> None:
        result = {
            "scenario": self.scenario,
            "stack": self.kind,
            **({"broker": self.broker} if self.broker else {}),
            "seed": self.seed,
            "seconds": self.seconds,
            "commit": commit(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "faults": dict(self.faults),
            "attempted": sum(len(load.deeds) for load in self.loads),
            "acknowledged": sum(load.acknowledged for load in self.loads),
            "committed": found.committed,
            "effects": found.effects,
            **{kind: len(getattr(found, kind)) for kind in ("lost", "ghost", "double", "reordered", "stuck")},
            "in_doubt": found.in_doubt,
            "recovery_seconds": round(recovery_seconds, 1),
            "slowest_percent_seconds": round(max((load.slowest() for load in self.loads), default=0), 2),
            **self.figures,
        }
        slug = keep(result)
        for number, load in enumerate(self.loads):
            load.write(self.stack.installation.data.logs / f"{slug}-{number}.jsonl")

    def _where(self) -> str:
        return f"seed {self.seed}; logs in {self.stack.installation.data.logs}"


def keep(result: dict[str, Any]) -> str:
    """Write it where the report finds it; returns its name."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    name = f"{result['scenario']}-{result['stack']}-{result.get('broker', '')}"
    slug = "".join(letter if letter.isalnum() else "-" for letter in name)
    (RESULTS / f"{slug}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return slug


def _is_a_race(refusal: str) -> bool:
    """Two clients wanted the same work item: one of them is told so."""
    return refusal.startswith("decide 4")


@cache
def commit() -> str:
    """The commit under test, with a plus where the tree differs from it."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "unknown"
