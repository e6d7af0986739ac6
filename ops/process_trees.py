"""The processor time of whole trees of processes, from /proc: nothing is asked of the processes themselves."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(roots: Iterable[int]) -> float:
    """What these processes and all below them have used since they began; 0 where there is no /proc.

    A child that ended is counted by the parent that waited for it.
    """
    stats = {pid: stat for pid in process_ids() if (stat := parent_and_ticks(pid))}
    parents = {pid: parent for pid, (parent, _) in stats.items()}
    found = {pid for root in roots if root in parents for pid in tree(root, parents)}
    return sum(stats[pid][1] for pid in found) / TICKS_A_SECOND


def process_ids() -> list[int]:
    return [int(path.name) for path in PROC.iterdir() if path.name.isdigit()] if PROC.exists() else []


def parent_and_ticks(pid: int) -> tuple[int, int] | None:
    """(parent, ticks of itself and of the children it waited for); None when it just ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # a name may hold blanks and brackets
    return int(fields[1]), sum(int(ticks) for ticks in fields[11:15])


def tree(root: int, parents: Mapping[int, int]) -> Iterator[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        children.setdefault(parent, []).append(pid)
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, [])
