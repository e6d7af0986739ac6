"""Fixtures that start real systems; each is started once for the tests that use it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from servicekit.runtime import gc_tuning
from tests import servers
from tests.stacks import Stack, running_stack


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proofs", help="write which tests prove which feature, with their outcome, to this file")


@pytest.fixture(scope="session", params=["embedded", "servers"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The same system twice: SQLite with the embedded bus, PostgreSQL with RabbitMQ."""
    overrides = server_overrides() if request.param == "servers" else {}
    with running_stack(tmp_path_factory.mktemp(request.param), overrides) as stack:
        yield stack


def server_overrides() -> dict[str, dict[str, str]]:
    """A database a service and a virtual host of this stack's own."""
    postgres, rabbitmq = servers.postgres(), servers.rabbitmq()
    overrides = {
        service: {"CRM_DATABASE_URL": postgres.fresh_database(service)}
        for service in ("customers", "cases", "orders", "notifications", "gateway")
    }
    return {**overrides, "*": {"CRM_BUS_URL": rabbitmq.fresh_vhost()}}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Everything is loaded: as in a process that serves. With --proofs: which test proves which feature."""
    gc_tuning.apply()
    path = session.config.getoption("--proofs")
    if path and session.config.getoption("collectonly"):
        _write(path, [_proof(item, "collected") for item in session.items])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """With --proofs: what became of each."""
    report = yield
    path = item.config.getoption("--proofs")
    if path and (report.when == "call" or not report.passed):
        _write(path, [_proof(item, report.outcome)])
    return report


def _proof(item: pytest.Item, outcome: str) -> dict[str, Any]:
    features = [feature for marker in item.iter_markers("proves") for feature in marker.args]
    return {"test": item.nodeid, "features": features, "outcome": outcome}


def _write(path: str, proofs: list[dict[str, Any]]) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in proofs if one["features"])
