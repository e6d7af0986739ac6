"""What whole trees of processes used of CPU and memory, from /proc: nothing is asked of the processes themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


class NotRunning(Exception):
    """A process that should be counted is gone: what it did until then is lost, and with it the measurement."""


class Trees:
    """Parts of a system by name, each a process with all that descend from it."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = dict(roots)

    def cpu_seconds(self) -> dict[str, float]:
        """Since each began. A child that ended is counted by the parent that waited for it, so nothing is lost."""
        spent, parents = {}, {}
        for pid in _processes():
            if stat := _stat(pid):
                parents[pid], ticks = stat
                spent[pid] = ticks / TICKS_A_SECOND
        return {part: sum(spent[pid] for pid in _below(root, parents)) for part, root in self._roots.items()}

    def pss_bytes(self) -> dict[str, int]:
        """Proportional set size: a page that several share is counted once, in parts."""
        parents = {pid: stat[0] for pid in _processes() if (stat := _stat(pid))}
        return {part: sum(_pss(pid) for pid in _below(root, parents)) for part, root in self._roots.items()}


def busy_seconds() -> float:
    """What the whole machine has worked since it began, for whomever; time that its host took away counts, too."""
    user, nice, system, _idle, _waiting, irq, softirq, steal = map(int, (PROC / "stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS_A_SECOND


def parent_of(pid: int) -> int:
    """The process that started this one."""
    stat = _stat(pid)
    if stat is None:
        raise NotRunning(f"process {pid}")
    return stat[0]


def spent_between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Seconds of CPU, part by part."""
    return {part: after[part] - before[part] for part in after}


def _processes() -> list[int]:
    return [int(name) for name in os.listdir(PROC) if name.isdigit()]


def _stat(pid: int) -> tuple[int, int] | None:
    """(parent, ticks of itself and of the children it waited for); None when it just ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # a name may hold blanks and brackets
    return int(fields[1]), sum(int(ticks) for ticks in fields[11:15])


def _below(root: int, parents: Mapping[int, int]) -> Iterator[int]:
    if root not in parents:
        raise NotRunning(f"process {root}")
    children: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        children.setdefault(parent, []).append(pid)
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, [])


def _pss(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
