"""One running system for all tests of who may do what; it is furnished once."""

from collections.abc import Iterator

import pytest

from tests.access.scenario import World, build_world, standing_still
from tests.stacks import running_stack


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_stack(tmp_path_factory.mktemp("access")) as stack:
        yield build_world(stack)


@pytest.fixture(scope="module")
def still(world: World) -> Iterator[World]:
    """The same, while nothing changes by itself."""
    with standing_still(world.stack):
        yield world
