"""A whole system in this process for each file of tests, and any page of it as anybody sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import pytest

from servicekit.auth import Scope
from tests.unit.gateway.conftest import QUICK_HASHER, passwords
from tests.unit.gateway.console.pages import Page
from tests.unit.gateway.console.system import EVERYTHING, ConsoleSystem

ConsolePage = Callable[..., Page]


@pytest.fixture(scope="session", autouse=True)
def _quick_hashing_from_the_start() -> Iterator[None]:
    """As for every test of the gateway, and for those who log in before a test begins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", QUICK_HASHER)
        yield


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleSystem]:
    """The gateway and the four services; the tests of one file share it, and make what they look at."""
    system = ConsoleSystem(tmp_path_factory.mktemp("console"))
    yield system
    system.close()


@pytest.fixture
def console_page(system: ConsoleSystem) -> ConsolePage:
    """`console_page("/customers", permissions={"customers:read"})`: that page, as somebody with these rights sees it."""

    def open_page(
        path: str,
        *,
        permissions: Collection[str] = EVERYTHING,
        scope: Scope = Scope.ALL,
        fragment: str = "",
    ) -> Page:
        return system.browser(permissions, scope).get(path, fragment=fragment)

    return open_page
