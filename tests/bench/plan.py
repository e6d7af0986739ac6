"""How much is measured and how long: the whole run that counts, and a quick one to work with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`repeats` of `seconds` each, after `warm_seconds`; data sizes; numbers of events, submissions and starts."""

    repeats: int = 5
    seconds: float = 4.0
    warm_seconds: float = 1.0
    customers: int = 1_000_000
    contacts: int = 2_000_000
    small_customers: int = 10_000
    small_contacts: int = 20_000
    copied_rows: int = 60_000
    growth_rounds: int = 10
    growth_seconds: float = 0.5
    relayed: int = 10_000
    consumed: int = 2_500
    paced_seconds: float = 20.0
    warm_starts: int = 3
    is_quick: bool = False


WHOLE = Plan()
QUICK = Plan(
    repeats=2,
    seconds=1.5,
    warm_seconds=0.5,
    customers=50_000,
    contacts=100_000,
    copied_rows=10_000,
    growth_rounds=4,
    growth_seconds=0.3,
    relayed=2_000,
    consumed=800,
    paced_seconds=5.0,
    warm_starts=1,
    is_quick=True,
)
