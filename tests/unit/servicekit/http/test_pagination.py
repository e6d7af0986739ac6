"""Pages, filters and cursors."""

from servicekit.testing.harness import ApiClient


def titles(answer) -> list[str]:
    return [one["title"] for one in answer.json["data"]]


def test_a_list_is_paged_by_cursor_without_gaps_or_repeats(librarian: ApiClient) -> None:
    for number in range(7):
        librarian.post("/books", {"title": f"Book {number}"})
    seen, path = [], "/books?limit=3&sort=title"
    while path:
        answer = librarian.get(path)
        seen += titles(answer)
        cursor = answer.json["next_cursor"]
        path = f"/books?limit=3&sort=title&cursor={cursor}" if cursor else None
    assert seen == [f"Book {number}" for number in range(7)]


def test_a_cursor_of_another_list_is_refused(librarian: ApiClient) -> None:
    for number in range(3):
        librarian.post("/books", {"title": f"Book {number}"})
    cursor = librarian.get("/books?limit=1").json["next_cursor"]
    for path in (
        f"/books?limit=1&sort=title&cursor={cursor}",
        "/books?cursor=bm9uc2Vuc2U",
        f"/books?cursor={cursor[:-3]}abc",
    ):
        answer = librarian.get(path)
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "cursor_mismatch")


def test_filters_search_and_totals_work_together(librarian: ApiClient) -> None:
    for title in ("Emma", "Emil", "Momo"):
        librarian.post("/books", {"title": title})
    assert titles(librarian.get("/books?title[prefix]=Em&sort=title")) == ["Emil", "Emma"]
    assert titles(librarian.get("/books?q=om")) == ["Momo"]
    assert titles(librarian.get("/books?title[in]=Emma,Momo&sort=-title")) == ["Momo", "Emma"]
    assert librarian.get("/books?include_total=true&limit=1").json["total"] == {"value": 3, "relation": "eq"}
