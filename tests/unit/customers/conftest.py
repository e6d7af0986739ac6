"""One customers service on a fresh database, and the requests that its tests make often."""

from collections.abc import Iterator
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from customers.app import create_app
from customers.settings import Settings
from servicekit.testing.harness import ApiClient
from tests.unit.harness import ServiceHarness

_next = count(1)


class CustomersHarness(ServiceHarness):
    """The service, and the customers, contacts, notes and activities that its tests ask it for."""

    @cached_property
    def staff(self) -> ApiClient:
        """Somebody who may read and write every customer."""
        return self.client("customers:read", "customers:write")

    def deliver(self, body: bytes) -> None:
        """An event of another service, made before, has its effect here."""
        self.running.receive(body)

    def organization(self, by: ApiClient | None = None, **fields: Any) -> dict[str, Any]:
        """A new organization, as the API shows it."""
        n = next(_next)
        known = {"kind": "organization", "name": f"Acme {n}", "email": f"info@acme{n}.example"}
        return self._created("/customers", {**known, **fields}, by)

    def individual(self, by: ApiClient | None = None, **fields: Any) -> dict[str, Any]:
        """A new individual, as the API shows it."""
        n = next(_next)
        known = {"kind": "individual", "name": f"Ines Duarte {n}", "email": f"ines{n}@mail.example"}
        return self._created("/customers", {**known, **fields}, by)

    def contact(self, organization_id: str, **fields: Any) -> dict[str, Any]:
        """A new contact of that organization."""
        n = next(_next)
        known = {"name": f"Rui Costa {n}", "email": f"rui{n}@acme.example"}
        return self._created(f"/customers/{organization_id}/contacts", {**known, **fields})

    def note(self, customer_id: str, body: str = "Call back", by: ApiClient | None = None) -> dict[str, Any]:
        """A new note about that customer."""
        return self._created("/notes", {"customer_id": customer_id, "body": body}, by)

    def activity(self, customer_id: str, **fields: Any) -> dict[str, Any]:
        """A logged call with that customer."""
        known = {"customer_id": customer_id, "kind": "call", "title": "Renewal"}
        return self._created("/activities", {**known, **fields})

    def show(self, customer_id: str) -> dict[str, Any]:
        """The customer, as the API shows it."""
        return self.staff.get(f"/customers/{customer_id}").get_json()

    def timeline(self, customer_id: str, query: str = "", by: ApiClient | None = None) -> list[dict[str, Any]]:
        """The first page of the customer's timeline."""
        answer = (by or self.staff).get(f"/customers/{customer_id}/timeline{query}")
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()["data"]

    def titles(self, customer_id: str, query: str = "") -> list[str]:
        """The titles of the first page of the customer's timeline."""
        return [entry["title"] for entry in self.timeline(customer_id, query)]

    def _created(self, path: str, body: dict[str, Any], by: ApiClient | None = None) -> dict[str, Any]:
        answer = (by or self.staff).post(path, body)
        assert answer.status_code == 201, answer.get_json()
        return answer.get_json()


@pytest.fixture
def customers(tmp_path: Path) -> Iterator[CustomersHarness]:
    harness = CustomersHarness.start(tmp_path, create_app, Settings)
    yield harness
    harness.close()
