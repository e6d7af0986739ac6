"""One running service: its settings, database, bus, consumers and jobs, as its entry points see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from servicekit.auth import Verifier
from servicekit.database.engine import Database
from servicekit.jobs import Jobs, Wakeups
from servicekit.messaging.bus import Bus, connect
from servicekit.messaging.consumers import Consumers
from servicekit.messaging.dispatch import Dispatcher
from servicekit.messaging.events import Event
from servicekit.messaging.relay import notify

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The clock that entry points read; below them time is passed in."""
    return datetime.now(UTC)


@dataclass
class Service:
    """One running service, as its entry points see it; found at `app.extensions["service"]`."""

    name: str
    package: str
    settings: Any
    database: Database
    consumers: Consumers
    jobs: Jobs
    events: Sequence[type[Event]]
    started: datetime
    clock: Clock = utc_now
    wake_relay_here: Callable[[], None] | None = None
    wakeups: Wakeups = field(default_factory=Wakeups)

    @cached_property
    def bus(self) -> Bus:
        """Connected at first use: after the fork, and never in a web process."""
        return connect(self.settings.bus_url)

    @cached_property
    def verifier(self) -> Verifier:
        """Knows the gateway's public keys, and accepts what is meant for this service alone."""
        return Verifier.from_file(self.settings.identity_keys, self.name)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """What the bus hands deliveries to."""
        return Dispatcher(
            service=self.name, database=self.database, consumers=self.consumers, now=self.clock, wake=self.wake
        )

    def wake(self, *, has_events: bool) -> None:
        """Something was committed in this process: jobs look at once, and with `has_events` the relay does."""
        self.wakeups.wake()
        if not has_events:
            return
        if self.database.is_sqlite and self.wake_relay_here is not None:
            self.wake_relay_here()
        else:
            notify(self.database)

    def close(self) -> None:
        """Give everything back."""
        if "bus" in self.__dict__:
            self.bus.close()
        self.database.close()
