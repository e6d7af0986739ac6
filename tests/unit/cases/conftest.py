"""One cases service on a fresh database, with the people and customers that other services would have told it."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from cases.app import create_app
from cases.settings import Settings
from servicekit.auth import Kind
from servicekit.testing.harness import POSTGRES, ApiClient, Harness, RunningService, envelope

STAFF = ("cases:*", "work_items:decide", "workflows:read", "forms:read")
ADMIN = ("*",)
STAFF_TOLD = (
    ("admin", "administrator"),
    ("sam", "support"),
    ("sue", "support"),
    ("fin", "finance"),
    ("max", "manager"),
)

PERSON = [
    {"key": "name", "label": "Your name", "type": "text", "required": True, "maps_to": "customer.name"},
    {"key": "email", "label": "Your e-mail", "type": "email", "required": True, "maps_to": "customer.email"},
    {"key": "company", "label": "Company", "type": "text", "maps_to": "organization.name"},
]


@dataclass
class Desk:
    """The service and whoever uses it."""

    harness: Harness
    running: RunningService
    _sequence: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def admin(self) -> ApiClient:
        return self.running.client(*ADMIN, id="usr_admin", name="Ada Admin")

    @property
    def visitor(self) -> ApiClient:
        return self.running.client(id="public", kind=Kind.PUBLIC, name="")

    def staff(self, name: str, *permissions: str, **who: Any) -> ApiClient:
        """A member of staff, told to the service, who may work on cases."""
        user_id = f"usr_{name}"
        return self.running.client(*(permissions or STAFF), id=user_id, name=name.capitalize(), **who)

    def tell_user(self, name: str, *roles: str, event: str = "user.created.v1", **more: Any) -> str:
        user_id = f"usr_{name}"
        known = {"id": user_id, "is_active": True, "roles": roles, "team_ids": (), "manager_id": None}
        personal = {"name": name.capitalize(), "email": f"{name}@example.com", "language": "en"}
        self.receive(event, {**known, **more, "personal": personal})
        return user_id

    def tell_customer(self, name: str, *, event: str = "customer.created.v1", **more: Any) -> str:
        customer_id = f"cus_{name.lower().replace(' ', '_')}"
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
            "personal": {"name": name, "email": None, "phone": None, "language": None},
        }
        self.receive(event, {**known, **more})
        return customer_id

    def receive(self, event: str, data: Mapping[str, Any], **more: Any) -> bytes:
        body = envelope(event, data, **{"sequence": next(self._sequence), **more})
        self.running.receive(body)
        return body

    def recorded(self, *types: str) -> list[dict[str, Any]]:
        """What the service told of these types, or everything."""
        return [one for one in self.running.recorded() if not types or one["type"].removesuffix(".v1") in types]

    def publish(self, key: str, *steps: dict[str, Any]) -> dict[str, Any]:
        """A published workflow."""
        made = self.admin.post("/workflows", {"key": key, "name": key.capitalize(), "steps": steps})
        assert made.status_code == 201, made.json
        published = self.admin.post(f"/workflows/{made.json['id']}:publish")
        assert published.status_code == 200, published.json
        return dict(published.json)

    def open_case(self, by: ApiClient | None = None, **facts: Any) -> dict[str, Any]:
        answer = (by or self.admin).post("/cases", {"subject": "Broken machine", **facts})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def make_form(self, key: str = "contact", **more: Any) -> dict[str, Any]:
        answer = self.admin.post("/forms", {"key": key, "name": "Contact us", "fields": PERSON, **more})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def submit(self, key: str = "contact", **answers: Any) -> dict[str, Any]:
        known = {"name": "Vera Visitor", "email": "vera@example.com"}
        answer = self.visitor.post(f"/forms/{key}/submissions", {"answers": {**known, **answers}})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def items(self, client: ApiClient | None = None, **query: str) -> list[dict[str, Any]]:
        answer = (client or self.admin).get("/work-items", query_string=query)
        assert answer.status_code == 200, answer.json
        return list(answer.json["data"])

    def decide(self, client: ApiClient, item_id: str, outcome: str, note: str | None = None) -> Any:
        return client.post(f"/work-items/{item_id}:decide", {"outcome": outcome, "note": note})

    def case(self, case_id: str) -> dict[str, Any]:
        return dict(self.admin.get(f"/cases/{case_id}").json)

    def move(self, case_id: str, status: str, **more: Any) -> Any:
        """A transition with the version that the case has now."""
        version = self.case(case_id)["version"]
        headers = {"If-Match": f'"{version}"'}
        return self.admin.post(f"/cases/{case_id}:transition", {"status": status, **more}, headers=headers)


def task(key: str, *, to: str = "end", **more: Any) -> dict[str, Any]:
    """A step that support does."""
    return {
        "key": key,
        "name": key.capitalize(),
        "kind": "task",
        "assignees": ["role:support"],
        "fallback": "role:administrator",
        "outcomes": ["done"],
        "transitions": {"done": to},
        **more,
    }


def approval(key: str, *, yes: str = "end", no: str = "end", **more: Any) -> dict[str, Any]:
    """A step that finance approves or rejects."""
    return {
        "key": key,
        "name": key.capitalize(),
        "kind": "approval",
        "assignees": ["role:finance"],
        "fallback": "role:administrator",
        "transitions": {"approve": yes, "reject": no},
        **more,
    }


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that knows Ada the administrator, Sam and Sue of support, Fin of finance, Max the manager."""
    folder = tmp_path_factory.mktemp("cases")
    bench = Harness(folder)
    if POSTGRES in os.environ:
        (folder / "cases.db").touch()
        return folder / "cases.db"
    desk = Desk(harness=bench, running=bench.start(create_app, Settings))
    for name, role in STAFF_TOLD:
        desk.tell_user(name, role)
    bench.close()
    return folder / "cases.db"


@pytest.fixture
def desk(tmp_path: Path, migrated: Path) -> Iterator[Desk]:
    """A service of its own for each test, on a copy of the migrated database."""
    shutil.copy(migrated, tmp_path / "cases.db")
    bench = Harness(tmp_path)
    desk = Desk(harness=bench, running=bench.start(create_app, Settings), _sequence=count(100))
    if POSTGRES in os.environ:  # there the copy was of no use
        for name, role in STAFF_TOLD:
            desk.tell_user(name, role)
    yield desk
    bench.close()
