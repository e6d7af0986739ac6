"""What both buses agree on."""

from __future__ import annotations

import pytest

from servicekit.messaging.bus import (
    connect,
    delay_after,
)


def test_delays_come_from_the_environment_and_the_last_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [delay_after(attempt) for attempt in range(1, 8)] == [5, 30, 120, 600, 3600, 3600, 3600]
    monkeypatch.setenv("CRM_RETRY_DELAYS", "0.2, 1.5")
    assert [delay_after(attempt) for attempt in (1, 2, 3)] == [0.2, 1.5, 1.5]


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="amqp:"):
        connect("redis://localhost")
