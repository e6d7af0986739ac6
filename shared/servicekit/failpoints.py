"""Failpoints: places where a fault test lets this process die, fail or dawdle; only CRM_FAILPOINT switches one on.

`relay-before-publish` dies there, as by kill -9. `consumer-effect=fail` raises instead, `consumer-effect=dawdle` waits
up to half a second; `consumer-effect=die@cas_42` does it only where what is at hand is about `cas_42`.
"""

import os
import random
import signal
import time

POINTS = frozenset(
    {
        "relay-before-publish",
        "relay-after-confirm",
        "consumer-effect",
        "consumer-before-commit",
        "consumer-after-commit",
    }
)
LONGEST_SECONDS = 0.5


class FailedOnPurpose(Exception):
    """What `=fail` raises."""


def reach(point: str, *, about: str = "") -> None:
    """Do here what the environment wants, which is nothing but in a fault test."""
    wanted = os.environ.get("CRM_FAILPOINT", "")
    if not wanted.startswith(point):
        return
    rule, _, whom = wanted.partition("@")
    name, _, deed = rule.partition("=")
    if name != point or whom not in about:
        return
    if deed == "fail":
        raise FailedOnPurpose(wanted)
    if deed == "dawdle":
        time.sleep(random.uniform(0, LONGEST_SECONDS))  # noqa: S311 - no secret
    else:
        os.kill(os.getpid(), signal.SIGKILL)
