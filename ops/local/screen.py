"""What a person sees while something starts: a line a step, with what it is doing and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Line:
    """The line of one step; on a terminal, what it does now is shown and overwritten."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._started = time.monotonic()
        self._live = sys.stdout.isatty()
        self._shown = 0

    def now(self, doing: str) -> None:
        if self._live:
            self._show(f"  {self._what} … {doing}")

    def end(self, result: str) -> None:
        text = f"  {self._what} … {result}"
        if self._live:
            self._show(text)
            print(flush=True)
        else:
            print(text, flush=True)

    @property
    def seconds(self) -> str:
        return f"{time.monotonic() - self._started:.1f} s"

    def _show(self, text: str) -> None:
        print("\r" + text.ljust(self._shown), end="", flush=True)
        self._shown = len(text)


@contextmanager
def step(what: str) -> Iterator[Line]:
    """One step, from its first word to its time; `failed` when it raises."""
    line = Line(what)
    line.now("")
    try:
        yield line
    except BaseException:
        line.end("failed")
        raise
    line.end(line.seconds)
