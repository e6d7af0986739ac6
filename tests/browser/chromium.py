"""The Chromium of this machine, and the accessibility checker that the front-end set-up brings."""

import functools
import shutil

from ops import assets
from ops.assets import AXE
from ops.errors import OperatorError

__all__ = ["AXE", "executable", "is_installed", "why_missing"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str:
    """The browser's path; empty where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


def is_installed() -> bool:
    return bool(executable())


@functools.cache
def why_missing() -> str:
    """Nothing, or why no browser test can run here; fetches the console's files where they are not there yet."""
    if not executable():
        return "no Chromium: install Debian's chromium (as root, `crm.py test` does), or Chrome"
    try:
        if not (assets.are_fresh() and AXE.exists()):
            assets.fetch()
    except (OperatorError, OSError) as trouble:
        return f"the console's files could not be fetched: {str(trouble)[-200:]}"
    return ""
