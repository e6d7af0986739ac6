"""The limits L1 to L3 as a good plain engineer would write them: a bare route, a bare row, a bare forwarder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import requests
from flask import Flask, Response, request
from requests.adapters import HTTPAdapter
from sqlalchemy import Column, String, Table, create_engine, select
from sqlalchemy.orm import Session

from customers.directory.models import Customer

SAMPLE = "BENCH_SAMPLE"
DATABASE = "BENCH_DATABASE"
LEAF = "BENCH_LEAF"
CONNECT_AND_READ = (1, 15)
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "host", "content-length", "server", "date"})


def create_leaf() -> Flask:
    """L1 on /route, L2 on /rows/<id>: a JSON of a customer's size, from memory and from PostgreSQL."""
    app = Flask(__name__)
    sample = json.loads(os.environ[SAMPLE])
    engine = create_engine(os.environ[DATABASE], pool_size=10, max_overflow=10)
    table = Customer.__table__
    assert isinstance(table, Table)
    shown = [column for column in table.columns if column.name not in {"name_search", "search_text", "email_key"}]

    @app.get("/route")
    def route() -> Response:
        return Response(json.dumps(sample), content_type="application/json")

    @app.get("/rows/<id>")
    def row(id: str) -> Response:
        with Session(engine) as session:
            found = session.execute(select(*shown).where(_id(table) == id)).one()
        return Response(json.dumps(_plain(found._mapping)), content_type="application/json")

    return app


def create_chain() -> Flask:
    """L3: one pooled session a worker before L2, everything passed on as it came."""
    app = Flask(__name__)
    leaf = os.environ[LEAF]
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=32))

    @app.route("/<path:rest>", methods=["GET", "POST"])
    def forward(rest: str) -> Response:
        headers = {name: value for name, value in request.headers if name.lower() not in HOP_BY_HOP}
        answer = session.request(
            request.method,
            f"{leaf}/{rest}",
            params=list(request.args.items(multi=True)),
            data=request.get_data(),
            headers=headers,
            timeout=CONNECT_AND_READ,
            allow_redirects=False,
        )
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP]
        return Response(answer.content, answer.status_code, kept)

    return app


def _id(table: Table) -> Column[String]:
    return table.c.id


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(name): value.isoformat() if isinstance(value, datetime | date) else value for name, value in row.items()
    }
