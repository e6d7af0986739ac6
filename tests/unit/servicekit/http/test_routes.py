"""Routes declared once."""

import pytest

from servicekit.http.routes import Routes
from servicekit.runtime.app import UndeclaredRoute, create_service
from servicekit.runtime.subdomains import Subdomain
from servicekit.testing.harness import ApiClient, RunningService


@pytest.mark.parametrize("needs", ["", "books", "books:read books:write", "*"])
def test_a_service_with_a_route_that_declares_no_permission_does_not_start(library: RunningService, needs: str) -> None:
    careless = Routes("careless")
    careless.get("/secrets", needs=needs)(lambda call: None)
    with pytest.raises(UndeclaredRoute, match="GET /api/v1/secrets"):
        create_service(library.service.settings, package="tests.toy", subdomains=[Subdomain(routes=[careless])])


def test_a_route_cannot_be_declared_without_saying_what_it_needs() -> None:
    with pytest.raises(TypeError, match="needs"):
        Routes("careless").get("/secrets")


def test_an_action_is_not_taken_for_an_id(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    assert librarian.get(f"/books/{book['id']}:lend").status_code == 405
    assert librarian.get(f"/books/{book['id']}:burn").status_code == 404
