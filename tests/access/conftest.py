"""One running system for all tests of who may do what; its resources are created once."""

from collections.abc import Iterator

import pytest

from tests.access.scenario import Scenario, build_scenario, workers_stopped
from tests.stacks import running_stack


@pytest.fixture(scope="session")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenario]:
    with running_stack(tmp_path_factory.mktemp("access")) as stack:
        yield build_scenario(stack)


@pytest.fixture(scope="module")
def idle(scenario: Scenario) -> Iterator[Scenario]:
    """The same, while nothing changes by itself."""
    with workers_stopped(scenario.stack):
        yield scenario
