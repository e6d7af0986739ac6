"""Logs: one line an event, JSON in containers, readable in development; every line carries its request."""

import logging
import logging.config
import sys
from typing import Any

import structlog

from servicekit.context import trace_or_none


def set_up_logs(*, service: str, log_format: str) -> None:
    """Route the standard library's logging through structlog; called once a process."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )

    def add_context(_logger: Any, _name: str, line: Any) -> Any:
        line["service"] = service
        trace = trace_or_none()
        if trace is not None:
            line.setdefault("correlation_id", trace.correlation_id)
            if trace.actor:
                line.setdefault("actor", trace.actor)
        return line

    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_context,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("pika", "urllib3", "alembic", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
