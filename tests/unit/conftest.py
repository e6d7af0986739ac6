"""Of every unit test: nothing is on its way while a test runs in one process, so nobody waits long for it."""

from collections.abc import Iterator

import pytest

from servicekit.http import read_your_writes


@pytest.fixture(autouse=True, scope="session")
def _little_patience() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read_your_writes, "PATIENCE_SECONDS", 0.4)
        yield
