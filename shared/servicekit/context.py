"""What travels with a piece of work through HTTP, the outbox, the bus and the logs."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass

from servicekit.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Who started this work and what caused it; `correlation_id` is the request id of the first request."""

    correlation_id: str
    causation_id: str | None = None
    actor: str | None = None
    traceparent: str | None = None


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace:
    """The trace of this work; work that nobody started (a job) gets one of its own."""
    return _current.get() or Trace(correlation_id=new_id("req"))


@contextlib.contextmanager
def tracing(trace: Trace) -> Iterator[Trace]:
    """Everything recorded inside carries this trace."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def trace_or_none() -> Trace | None:
    """The trace of this work, where there is one."""
    return _current.get()
