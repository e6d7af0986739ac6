"""A running library for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from servicekit.testing.harness import ApiClient, Harness, RunningService
from tests.toy.app import Settings, create_app


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Harness]:
    bench = Harness(tmp_path)
    yield bench
    bench.close()


@pytest.fixture
def library(bench: Harness) -> RunningService:
    return bench.start(create_app, Settings)


@pytest.fixture
def librarian(library: RunningService) -> ApiClient:
    return library.client("books:*")
