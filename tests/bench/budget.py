"""The committed ratios: a run that is worse by more than a fifth fails."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.bench.figures import Better, Row

FILE = Path(__file__).with_name("budget.json")
TOLERATED = 0.2


def committed(file: Path = FILE) -> dict[str, float]:
    """Row by row; nothing where no budget was ever written."""
    return dict(json.loads(file.read_text())) if file.exists() else {}


def worse(rows: Iterable[Row], budget: Mapping[str, float]) -> list[str]:
    """A sentence for each row whose ratio is worse than the budget by more than a fifth."""
    return [
        f"{row.name}: the ratio is {row.ratio:.2f}, the budget {budget[row.name]:.2f}"
        for row in rows
        if row.ratio is not None and row.name in budget and _is_worse(row.ratio, budget[row.name], row.better)
    ]


def write(rows: Iterable[Row], file: Path = FILE, *, is_whole: bool) -> None:
    """Set the ratios that were measured; a whole run also forgets rows that there are no longer."""
    kept = {} if is_whole else committed(file)
    kept |= {row.name: round(row.ratio, 3) for row in rows if row.ratio is not None}
    file.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def _is_worse(ratio: float, budget: float, better: Better) -> bool:
    if better is Better.HIGHER:
        return ratio < budget * (1 - TOLERATED)
    return ratio > budget * (1 + TOLERATED)
