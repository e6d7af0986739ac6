"""Fault tests take systems apart, so each gets systems of its own: short retries, and servers that may be killed."""

from collections.abc import Iterator

import pytest

from tests import servers
from tests.conftest import server_overrides
from tests.e2e.journey import Company
from tests.faults.post_office import PostOffice
from tests.stacks import Stack, running_stack

RETRIES = "0.5,1,2,4,8"


@pytest.fixture(scope="module", params=["embedded", "servers"])
def fragile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A system whose mail goes to a post office that the tests can close."""
    overrides = server_overrides() if request.param == "servers" else {}
    overrides["*"] = {**overrides.get("*", {}), "CRM_RETRY_DELAYS": RETRIES}
    with PostOffice() as office:
        overrides["notifications"] = {**overrides.get("notifications", {}), "CRM_MAIL_URL": office.url}
        with running_stack(tmp_path_factory.mktemp(request.param), overrides) as stack:
            stack.office = office
            stack.rabbitmq = servers.rabbitmq() if request.param == "servers" else None
            yield stack


@pytest.fixture(scope="module")
def company(fragile: Stack) -> Company:
    company = Company(fragile.api)
    company.hire("sam", "support")
    company.hire("fay", "finance")
    company.set_up()
    return company
