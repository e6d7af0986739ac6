"""What htmx requests: the part of a page that it will put in the place of one element."""

import json
from typing import Final

from flask import request

# Nothing that a strict content security policy forbids; refusals come as pages and are shown like them.
CONFIG: Final = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "allowScriptTags": False,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "historyRestoreAsHxRequest": False,
        "attributesToSettle": [],
        "defaultSwapStyle": "outerHTML",
        "scrollIntoViewOnBoost": False,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "403|409|412|422|503", "swap": True, "error": False},
            {"code": "...", "swap": False, "error": True},
        ],
    },
    separators=(",", ":"),
)


def is_fragment() -> bool:
    """Whether this request is for a part of a page: the ids of such parts begin with an underscore."""
    return is_htmx() and target().startswith("_")


def is_htmx() -> bool:
    return "HX-Request" in request.headers


def target() -> str:
    """The id of the element that will be replaced."""
    return request.headers.get("HX-Target", "")
