"""Failpoints: places where a fault test lets this process die, switched on by CRM_FAILPOINT and never otherwise."""

import os
import signal

POINTS = frozenset({"relay-before-publish", "relay-after-confirm", "consumer-before-commit", "consumer-after-commit"})


def reach(point: str) -> None:
    """Die here, as by kill -9, when the environment names this point."""
    if os.environ.get("CRM_FAILPOINT") == point:
        os.kill(os.getpid(), signal.SIGKILL)
