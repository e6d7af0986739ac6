"""What of the demo data was loaded: its ids by the demo's own names, so that nothing is loaded twice."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.secret_files import write_private


class DemoManifest:
    """What was loaded, by the demo's own names, in a file beside the data; a second load skips what stands in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._entries: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    @property
    def is_complete(self) -> bool:
        return "complete" in self._entries

    def once(self, name: str, make: Callable[[str], str]) -> str:
        """The id of what has this name; made now if it was not yet. `make` gets a key that the API knows again."""
        with self._lock:
            known = self._entries.get(name)
        if known is None:
            known = make(hashlib.sha256(f"{self._path} {name}".encode()).hexdigest()[:40])
            with self._lock:
                self._entries[name] = known
        return known

    def named(self, start: str) -> Iterator[tuple[str, str]]:
        return ((name, id_) for name, id_ in sorted(self._entries.items()) if name.startswith(start))

    @contextmanager
    def saved(self) -> Iterator[None]:
        """Write down what was done, also when it broke off in the middle."""
        try:
            yield
            self._entries["complete"] = "yes"
        finally:
            write_private(self._path, json.dumps(self._entries, indent=1))

    @property
    def is_removed(self) -> bool:
        return "put away" in self._entries

    def mark_removed(self) -> None:
        self._entries["put away"] = "yes"
        write_private(self._path, json.dumps(self._entries, indent=1))
