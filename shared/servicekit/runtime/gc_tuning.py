"""Tuning of the garbage collector (gc), for a process that has loaded everything and now serves."""

import gc

# By default every 700th new object starts a search: a third of the time of a page of fifty rows. What requests leave
# behind is freed by counting; cycles, which are few, may wait for these.
THRESHOLDS = (20_000, 20, 50)


def apply() -> None:
    """Freeze what is loaded (a search would copy every page shared since the fork), and search less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
