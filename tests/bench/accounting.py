"""What whole trees of processes used of CPU and memory, from /proc: nothing is asked of the processes themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ops.process_trees import PROC, TICKS_A_SECOND, parent_and_ticks, process_ids, tree


class NotRunning(Exception):
    """A process that should be counted is gone: what it did until then is lost, and with it the measurement."""


class Trees:
    """Parts of a system by name, each a process with all that descend from it."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = dict(roots)

    def cpu_seconds(self) -> dict[str, float]:
        """Since each began. A child that ended is counted by the parent that waited for it, so nothing is lost."""
        spent, parents = {}, {}
        for pid in process_ids():
            if stat := parent_and_ticks(pid):
                parents[pid], ticks = stat
                spent[pid] = ticks / TICKS_A_SECOND
        return {part: sum(spent[pid] for pid in _below(root, parents)) for part, root in self._roots.items()}

    def pss_bytes(self) -> dict[str, int]:
        """Proportional set size: a page that several share is counted once, in parts."""
        parents = {pid: stat[0] for pid in process_ids() if (stat := parent_and_ticks(pid))}
        return {part: sum(_pss(pid) for pid in _below(root, parents)) for part, root in self._roots.items()}


def busy_seconds() -> float:
    """What the whole machine has worked since it began, for whomever; time that its host took away counts, too."""
    user, nice, system, _idle, _waiting, irq, softirq, steal = map(int, (PROC / "stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS_A_SECOND


def parent_of(pid: int) -> int:
    """The process that started this one."""
    stat = parent_and_ticks(pid)
    if stat is None:
        raise NotRunning(f"process {pid}")
    return stat[0]


def spent_between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Seconds of CPU, part by part."""
    return {part: after[part] - before[part] for part in after}


def _below(root: int, parents: Mapping[int, int]) -> Iterator[int]:
    if root not in parents:
        raise NotRunning(f"process {root}")
    return tree(root, parents)


def _pss(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
