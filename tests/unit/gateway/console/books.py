"""A small service of a made-up resource: it gives the rows it was given, and keeps what it was asked."""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from tests.servers.tools import free_port


class BookService:
    """Answers `/api/v1/books` and `/api/v1/books/<id>` on a loopback port."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.next_cursor: str | None = None
        self.requests: list[tuple[str, dict[str, str]]] = []
        app = Flask("books")
        app.add_url_rule("/api/v1/books", view_func=self._list)
        app.add_url_rule("/api/v1/books/<id>", view_func=self._show)
        self._server = make_server("127.0.0.1", free_port(), app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def asked(self, path: str) -> dict[str, str]:
        """The query of the newest request for this path."""
        return next(query for asked, query in reversed(self.requests) if asked == f"/api/v1{path}")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _list(self) -> Any:
        self._remember()
        return jsonify(data=self.rows, next_cursor=self.next_cursor, total={"value": len(self.rows)})

    def _show(self, id: str) -> Any:
        self._remember()
        found = [row for row in self.rows if row["id"] == id]
        return (jsonify(found[0]), 200) if found else (jsonify(detail="There is no such book."), 404)

    def _remember(self) -> None:
        self.requests.append((request.path, request.args.to_dict()))
