"""A running library for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from servicekit.testing import Bench, Client, Running
from tests.toy.app import Settings, create_app


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


@pytest.fixture
def library(bench: Bench) -> Running:
    return bench.start(create_app, Settings)


@pytest.fixture
def librarian(library: Running) -> Client:
    return library.client("books:*")
