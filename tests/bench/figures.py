"""What a measurement is, what a row of the result is, and how many measurements become one row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Measured:
    """So many answers (or events, or rows) in so many seconds; `cpu` is seconds of CPU by part of the system.

    `others_percent` is how much of the machine was at work for somebody else meanwhile.
    """

    answers: int
    seconds: float
    cpu: Mapping[str, float]
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0
    generator_ms: float = 0.0
    warm_answers: int = 0
    others_percent: float = 0.0
    delays: Sequence[float] = ()

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU of the whole system for one answer."""
        return sum(self.cpu.values()) * 1000 / self.answers

    @property
    def cpu_ms_by_part(self) -> dict[str, float]:
        """The same, for each part that used any."""
        spent = {part: round(seconds * 1000 / self.answers, 3) for part, seconds in self.cpu.items()}
        return {part: ms for part, ms in sorted(spent.items(), key=lambda one: -one[1]) if ms}


def percentile(ordered: Sequence[float], share: float) -> float:
    """Of values in rising order: the smallest that so large a share of them does not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def of_delays(delays: Sequence[float], **more: Any) -> Measured:
    """A measurement of answers that took so many seconds each."""
    ordered = sorted(delays)
    p50, p95, p99 = (percentile(ordered, share) * 1000 for share in (0.5, 0.95, 0.99))
    return Measured(answers=len(ordered), delays=delays, p50_ms=p50, p95_ms=p95, p99_ms=p99, **more)


def pooled(runs: Sequence[Measured]) -> Measured:
    """Several as one: what short runs in turn with others add up to."""
    cpu = {part: sum(run.cpu[part] for run in runs) for part in runs[0].cpu}
    delays = [delay for run in runs for delay in run.delays]
    others = sum(run.others_percent for run in runs) / len(runs)
    return of_delays(delays, seconds=sum(run.seconds for run in runs), cpu=cpu, others_percent=others)


class Better(StrEnum):
    """Which way a ratio improves."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What PERFORMANCE asks for: of the ratio, or of the value itself."""

    text: str
    at_least: float | None = None
    at_most: float | None = None
    is_of_value: bool = False

    def is_met(self, figure: float) -> bool:
        """Is this figure good enough?"""
        is_enough = self.at_least is None or figure >= self.at_least
        return is_enough and (self.at_most is None or figure <= self.at_most)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the result. `cpu_ratio` is the limit's CPU by ours: what the rates would say on an idle machine."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    limit_name: str = ""
    ratio: float | None = None
    cpu_ms: float | None = None
    cpu_ratio: float | None = None
    goal: Goal | None = None
    better: Better = Better.HIGHER
    failed: str = ""
    conditions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_met(self) -> bool | None:
        """None where nothing was asked for."""
        if self.failed:
            return False
        if self.goal is None:
            return None
        figure = self.value if self.goal.is_of_value else self.ratio
        return figure is not None and self.goal.is_met(figure)


def rate_row(
    name: str,
    runs: Sequence[Measured],
    *,
    limit: Sequence[Measured] = (),
    limit_name: str = "",
    goal: Goal | None = None,
    unit: str = "/s",
    **conditions: Any,
) -> Row:
    """The medians; the ratio is the median of the ratios of neighbours, which a drifting machine hits alike."""
    ratios = [run.rate / other.rate for run, other in zip(runs, limit, strict=False)]
    cheaper = [other.cpu_ms / run.cpu_ms for run, other in zip(runs, limit, strict=False)]
    middle = sorted(runs, key=lambda run: run.rate)[len(runs) // 2]
    return Row(
        name=name,
        value=median(run.rate for run in runs),
        unit=unit,
        limit=median(other.rate for other in limit) if limit else None,
        limit_name=limit_name,
        ratio=median(ratios) if ratios else None,
        cpu_ms=median(run.cpu_ms for run in runs),
        cpu_ratio=median(cheaper) if cheaper else None,
        goal=goal,
        conditions={
            **({"ratios": [round(ratio, 3) for ratio in ratios]} if ratios else {}),
            "rates": [round(run.rate, 1) for run in runs],
            **_latencies(runs),
            "cpu_ms_by_part": middle.cpu_ms_by_part,
            **conditions,
        },
    )


def _latencies(runs: Sequence[Measured]) -> dict[str, float]:
    if not any(run.p50_ms for run in runs):
        return {}
    names = ("p50_ms", "p95_ms", "p99_ms", "generator_ms", "others_percent")
    return {name: round(median(getattr(run, name) for run in runs), 3) for name in names}
