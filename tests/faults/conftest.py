"""Fault tests take systems apart, so each kind gets one of its own: short retries, wires that can be cut, own servers."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

import pika
import pytest

from ops.repository import EVERYONE
from tests import servers
from tests.conftest import server_overrides
from tests.e2e.journey import Company
from tests.faults.load import SKU
from tests.faults.post_office import PostOffice
from tests.faults.trial import Trial
from tests.faults.wire import Wire
from tests.stacks import Stack, running_stack

RETRIES = "0.5,1,2,4,8"
WORKERS_AND_WEB = (*EVERYONE, *(f"{service}-worker" for service in EVERYONE))
WIRES = ("broker", "database", "mail", "http")


@dataclass
class Patient:
    """A system under test, and everything that can be done to it. Without servers there is no broker to kill."""

    kind: str
    stack: Stack
    office: PostOffice
    company: Company
    wires: dict[str, Wire] = field(default_factory=dict)
    broker: servers.Rabbit | None = None
    orders_database: servers.Postgres | None = None

    def trial(self, scenario: str, **options: float) -> Trial:
        version = broker_version(self.stack.bus_url)
        return Trial(scenario, self.stack, self.company, self.office, self.kind, version, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """SQLite and the embedded bus."""
    overrides: dict[str, dict[str, str]] = {"*": {"CRM_RETRY_DELAYS": RETRIES}}
    with PostOffice() as office:
        overrides["notifications"] = {"CRM_MAIL_URL": office.url}
        with running_stack(tmp_path_factory.mktemp("embedded"), overrides) as stack:
            yield Patient("embedded", stack, office, settled(stack))


@pytest.fixture(scope="session")
def on_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """PostgreSQL and RabbitMQ. One service has a server of its own; four connections run through wires."""
    broker, orders_database = servers.rabbitmq(), servers.another_postgres()
    overrides = server_overrides()
    overrides["*"]["CRM_RETRY_DELAYS"] = RETRIES
    overrides["orders"]["CRM_DATABASE_URL"] = orders_database.fresh_database("orders")
    with ExitStack() as opened:
        office = opened.enter_context(PostOffice())
        wires = {name: opened.enter_context(Wire()) for name in WIRES}
        wires["broker"].targets, wires["mail"].targets = [broker.port], [office.port]
        wires["database"].targets = [servers.postgres().port]
        bus = overrides["*"]["CRM_BUS_URL"]
        # A dead link is noticed after three heartbeats.
        overrides["cases"]["CRM_BUS_URL"] = f"{through(bus, wires['broker'])}?heartbeat=4"
        overrides["cases"]["CRM_DATABASE_URL"] = through(overrides["cases"]["CRM_DATABASE_URL"], wires["database"])
        overrides["notifications"]["CRM_MAIL_URL"] = f"smtp://127.0.0.1:{wires['mail'].port}"
        overrides["gateway"]["CRM_ORDERS_URL"] = f"http://127.0.0.1:{wires['http'].port}"
        stack = opened.enter_context(running_stack(tmp_path_factory.mktemp("servers"), overrides))
        wires["http"].targets = [stack.installation.ports["orders"]]
        yield Patient("servers", stack, office, settled(stack), wires, broker, orders_database)


@pytest.fixture(params=["on_servers", pytest.param("embedded", marks=pytest.mark.plan)])
def patient(request: pytest.FixtureRequest) -> Patient:
    """Either kind; every run takes the one that has more to break, the whole plan both."""
    found: Patient = request.getfixturevalue(request.param)
    return found


@cache
def broker_version(bus_url: str) -> str:
    """What RabbitMQ says of itself; nothing on the embedded bus."""
    if bus_url.startswith("embedded"):
        return ""
    with pika.BlockingConnection(pika.URLParameters(bus_url)) as connection:
        return str(connection._impl.server_properties["version"])


def through(address: str, wire: Wire) -> str:
    """The same address by way of the wire."""
    parts = urlsplit(address)
    user = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{user}@127.0.0.1:{wire.port}").geturl()


def settled(stack: Stack) -> Company:
    """Staff, a form with its workflow, something to sell."""
    company = Company(stack.api)
    company.hire("sam", "support")
    company.hire("fay", "finance")
    company.set_up()
    price = {"amount": "12.50", "currency": "EUR"}
    product = {"sku": SKU, "name": "Beans", "type": "merchandise", "unit_price": price, "tax_rate": "0.19"}
    company.admin.post("/products", product)
    return company
