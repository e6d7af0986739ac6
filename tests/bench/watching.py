"""Sees when a row becomes visible in an SQLite file, by looking every millisecond."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import Self

LOOK_SECONDS = 0.001


class Watch:
    """While it is entered: `seen` gives the time at which each new id of a table was first seen, in its thread."""

    def __init__(self, file: Path, table: str) -> None:
        self.seen: dict[str, float] = {}
        self._table = table
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(file,), name=f"watch-{table}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self, file: Path) -> None:
        database = sqlite3.connect(file, isolation_level=None)
        last: int = database.execute(f"SELECT coalesce(max(rowid), 0) FROM {self._table}").fetchone()[0]
        stamp = -1
        while not self._stop.wait(LOOK_SECONDS):
            now = time.monotonic()
            if (changed := database.execute("PRAGMA data_version").fetchone()[0]) == stamp:
                continue
            stamp = changed
            for row, id in database.execute(f"SELECT rowid, id FROM {self._table} WHERE rowid > ?", [last]):
                last = max(last, row)
                self.seen[id] = now
        database.close()
