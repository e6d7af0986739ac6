"""If-Match, ETag and 304."""

from servicekit.testing.harness import ApiClient


def test_a_patch_on_an_older_version_is_412_and_changes_nothing(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    assert (
        librarian.patch(f"/books/{book['id']}", {"title": "Emil"}, headers={"If-Match": '"1"'}).headers["ETag"] == '"2"'
    )
    late = librarian.patch(f"/books/{book['id']}", {"title": "Momo"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.headers["ETag"]) == (412, '"2"')
    assert librarian.get(f"/books/{book['id']}").json["title"] == "Emil"


def test_a_step_that_requires_a_version_says_so(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    assert librarian.post(f"/books/{book['id']}:lend").status_code == 428
    assert librarian.post(f"/books/{book['id']}:lend", headers={"If-Match": '"1"'}).json["is_lent"] is True
    again = librarian.post(f"/books/{book['id']}:lend", headers={"If-Match": '"2"'})
    assert (again.status_code, again.json["code"]) == (409, "lent_twice")


def test_what_has_not_changed_is_304(librarian: ApiClient) -> None:
    book = librarian.post("/books", {"title": "Emma"}).json
    assert librarian.get(f"/books/{book['id']}", headers={"If-None-Match": '"1"'}).status_code == 304
