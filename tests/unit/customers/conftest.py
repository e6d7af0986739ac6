"""A customers service on a fresh database."""

import pytest

from customers.app import create_app
from customers.settings import Settings
from servicekit.testing.harness import Harness


@pytest.fixture
def bench(tmp_path):
    bench = Harness(tmp_path)
    yield bench
    bench.close()


@pytest.fixture
def running(bench):
    return bench.start(create_app, Settings)


@pytest.fixture
def staff(running):
    """Somebody who may read and write every customer."""
    return running.client("customers:read", "customers:write")
