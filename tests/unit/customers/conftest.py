"""A customers service on a fresh database."""

import shutil

import pytest

from customers.app import create_app
from customers.settings import Settings
from servicekit.testing import Bench


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An empty database at the level of the code, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("customers")
    bench = Bench(folder)
    bench.start(create_app, Settings)
    bench.close()
    return folder / "customers.db"


@pytest.fixture
def bench(tmp_path, migrated):
    shutil.copy(migrated, tmp_path)
    bench = Bench(tmp_path)
    yield bench
    bench.close()


@pytest.fixture
def running(bench):
    return bench.start(create_app, Settings)


@pytest.fixture
def staff(running):
    """Somebody who may read and write every customer."""
    return running.client("customers:read", "customers:write")
