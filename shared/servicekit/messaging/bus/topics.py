"""Topic patterns as RabbitMQ understands them: `*` is one word, `#` is any number of words."""

from __future__ import annotations

import re
from functools import lru_cache


def matches(pattern: str, type: str) -> bool:
    """Whether a binding of `pattern` wants a message of `type`."""
    return _compiled(pattern).fullmatch("." + type) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Every word carries the dot before it, so that `#` may also stand for no word at all.
    words = {"*": r"\.[^.]*", "#": r"(?:\.[^.]*)*"}
    return re.compile("".join(words.get(word, re.escape("." + word)) for word in pattern.split(".")))
