"""A real orders service on a fresh SQLite database, at noon of a known day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orders.app import create_app
from orders.settings import OrdersSettings
from servicekit.testing.harness import Clock, Harness
from tests.unit.orders.shop import Shop

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Harness]:
    bench = Harness(tmp_path, clock=Clock(NOON))
    yield bench
    bench.close()


@pytest.fixture
def shop(bench: Harness) -> Shop:
    running = bench.start(create_app, OrdersSettings)
    shop = Shop(running, running.client("orders:*", "products:*", "payments:*"))
    shop.hears_customer()
    return shop
