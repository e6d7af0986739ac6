"""A running library for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from servicekit.testing.harness import ApiClient, Harness, RunningService
from tests.toy.app import Settings, create_app


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(tmp_path)
    yield harness
    harness.close()


@pytest.fixture
def library(harness: Harness) -> RunningService:
    return harness.start(create_app, Settings)


@pytest.fixture
def librarian(library: RunningService) -> ApiClient:
    return library.client("books:*")
