"""A cases service on a fresh database, with the people whom the gateway has published."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from cases.app import create_app
from cases.settings import Settings
from servicekit.testing.harness import POSTGRES, ApiClient
from tests.unit.harness import ServiceHarness

STAFF = ("cases:*", "work_items:decide", "workflows:read", "forms:read")
PEOPLE = (
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
class CasesHarness(ServiceHarness):
    """The cases service, and the requests that its tests make often."""

    def staff(self, name: str, *permissions: str, **who: Any) -> ApiClient:
        """A member of staff whom the service knows and who may work on cases."""
        return self.client(*(permissions or STAFF), id=f"usr_{name}", name=name.capitalize(), **who)

    def receive_people(self) -> None:
        """Ada the administrator, Sam and Sue of support, Fin of finance, Max the manager."""
        for name, role in PEOPLE:
            self.receive_user(name, role)

    def receive_contact(self, organization_id: str, person_id: str) -> bytes:
        """The customers service published a contact of an organization."""
        known = {
            "id": f"con_{person_id}",
            "organization_id": organization_id,
            "person_id": person_id,
            "is_primary": True,
        }
        personal = {"name": "Pia", "email": "pia@example.com", "phone": None}
        return self.receive("contact.added.v1", {**known, "personal": personal})

    def publish_workflow(self, key: str, *steps: dict[str, Any]) -> dict[str, Any]:
        made = self.admin.post("/workflows", {"key": key, "name": key.capitalize(), "steps": steps})
        assert made.status_code == 201, made.json
        published = self.admin.post(f"/workflows/{made.json['id']}:publish")
        assert published.status_code == 200, published.json
        return dict(published.json)

    def open_case(self, by: ApiClient | None = None, **facts: Any) -> dict[str, Any]:
        answer = (by or self.admin).post("/cases", {"subject": "Broken machine", **facts})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def get_case(self, case_id: str) -> dict[str, Any]:
        return dict(self.admin.get(f"/cases/{case_id}").json)

    def transition(self, case_id: str, status: str, **more: Any) -> Any:
        """A transition with the version that the case has now."""
        headers = {"If-Match": f'"{self.get_case(case_id)["version"]}"'}
        return self.admin.post(f"/cases/{case_id}:transition", {"status": status, **more}, headers=headers)

    def create_form(self, key: str = "contact", **more: Any) -> dict[str, Any]:
        answer = self.admin.post("/forms", {"key": key, "name": "Contact us", "fields": PERSON, **more})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def submit_form(self, key: str = "contact", **answers: Any) -> dict[str, Any]:
        known = {"name": "Vera Visitor", "email": "vera@example.com"}
        answer = self.visitor.post(f"/forms/{key}/submissions", {"answers": {**known, **answers}})
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def list_items(self, client: ApiClient | None = None, **query: str) -> list[dict[str, Any]]:
        answer = (client or self.admin).get("/work-items", query_string=query)
        assert answer.status_code == 200, answer.json
        return list(answer.json["data"])

    @contextlib.contextmanager
    def selects(self) -> Iterator[list[str]]:
        """Every question that the service asks its tables in this time, as SQL."""
        asked: list[str] = []
        engine = self.running.service.database.engine

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if statement.lstrip().startswith("SELECT") and "FROM" in statement:
                asked.append(" ".join(statement.split()))

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def decide(self, client: ApiClient, item_id: str, outcome: str, note: str | None = None) -> Any:
        return client.post(f"/work-items/{item_id}:decide", {"outcome": outcome, "note": note})


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
def database_with_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that knows the people, made once: receiving them takes longer than most tests."""
    folder = tmp_path_factory.mktemp("cases")
    cases = CasesHarness.start(folder, create_app, Settings)
    cases.receive_people()
    cases.close()
    return folder / "cases.db"


@pytest.fixture
def cases(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[CasesHarness]:
    """A service of its own for each test, on SQLite with a copy of the database that knows the people."""
    is_sqlite = POSTGRES not in os.environ
    if is_sqlite:
        shutil.copy(request.getfixturevalue("database_with_people"), tmp_path / "cases.db")
    cases = CasesHarness.start(tmp_path, create_app, Settings)
    cases._sequence = count(100)
    if not is_sqlite:
        cases.receive_people()
    yield cases
    cases.close()
