"""The version of an aggregate counts its changes."""

from servicekit.testing.harness import ApiClient, RunningService
from tests.toy.app import Book


def test_a_bump_is_a_new_version_also_within_one_instant(library: RunningService, librarian: ApiClient) -> None:
    made = librarian.post("/books", {"title": "Emma"}).json
    with library.service.database.write() as session:
        book = session.get_one(Book, made["id"])
        book.bump(book.updated_at)
    assert librarian.get(f"/books/{made['id']}").json["version"] == made["version"] + 1
