"""One harness for the tests of every service: the running service, its callers, and the events that others publish."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Self

from flask import Flask

from servicekit.auth import Kind
from servicekit.testing.harness import ApiClient, Clock, Harness, RunningService, envelope


@dataclass
class ServiceHarness:
    """A service on a fresh database; each service's tests extend it by what they ask of it often."""

    harness: Harness
    running: RunningService
    _sequence: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def start(
        cls,
        folder: Path,
        create_app: Callable[..., Flask],
        settings: type[Any],
        *,
        clock: Clock | None = None,
        **environ: str,
    ) -> Self:
        """The service in this folder; `environ` overrides settings. Call `close` at the end."""
        harness = Harness(folder, clock=clock or Clock())
        return cls(harness=harness, running=harness.start(create_app, settings, **environ))

    def close(self) -> None:
        self.harness.close()

    @property
    def admin(self) -> ApiClient:
        """Somebody who may do everything."""
        return self.running.client("*", id="usr_admin", name="Ada Admin")

    @property
    def visitor(self) -> ApiClient:
        """A stranger who is not signed in."""
        return self.running.client(id="public", kind=Kind.PUBLIC, name="")

    def client(self, *permissions: str, **who: Any) -> ApiClient:
        """A caller with these permissions; by default a user who sees all rows."""
        return self.running.client(*permissions, **who)

    def receive(self, event_type: str, data: Mapping[str, Any], **more: Any) -> bytes:
        """An event of another service has its effect here; returns it, so that a test can let it come again."""
        body = envelope(event_type, data, **{"sequence": next(self._sequence), **more})
        self.running.receive(body)
        return body

    def recorded(self, *types: str) -> list[dict[str, Any]]:
        """What the service published of these types (`case.opened` or `case.opened.v1`), or everything."""
        wanted = {one.removesuffix(".v1") for one in types}
        return [one for one in self.running.recorded() if not wanted or one["type"].removesuffix(".v1") in wanted]

    def receive_user(self, name: str, *roles: str, event: str = "user.created.v1", **more: Any) -> str:
        """The gateway published a member of staff; returns the id, `usr_<name>`."""
        user_id = str(more.pop("id", f"usr_{name}"))
        envelope_parts = {key: more.pop(key) for key in ("sequence", "time") if key in more}
        known = {"id": user_id, "is_active": True, "roles": roles, "team_ids": (), "manager_id": None}
        personal = {
            "name": name.capitalize(),
            "email": f"{user_id.removeprefix('usr_')}@example.com",
            "language": "en",
            **more.pop("personal", {}),
        }
        self.receive(event, {**known, **more, "personal": personal}, **envelope_parts)
        return user_id

    def receive_customer(self, name: str, *, event: str = "customer.created.v1", **more: Any) -> str:
        """The customers service published a customer, an organization by default; returns the id."""
        customer_id = str(more.pop("id", f"cus_{name.lower().replace(' ', '_')}"))
        envelope_parts = {key: more.pop(key) for key in ("sequence", "time") if key in more}
        known = {
            "id": customer_id,
            "number": "CU-000001",
            "kind": "organization",
            "status": "active",
            "owner_id": None,
            "team_id": None,
            "is_archived": False,
            "is_blocked": False,
            "changed": [],
        }
        personal = {"name": name, "email": None, "phone": None, "language": None, **more.pop("personal", {})}
        self.receive(event, {**known, **more, "personal": personal}, subject=customer_id, **envelope_parts)
        return customer_id
