"""What a service says of its events."""

import json

from servicekit.testing.harness import RunningService


def test_events_are_described_with_their_meaning_and_schema(library: RunningService) -> None:
    described = json.loads(library.app.test_cli_runner().invoke(args=["asyncapi"]).output)
    assert [one["type"] for one in described["publishes"]] == ["book.bought.v1", "book.lent.v1"]
    assert described["publishes"][0]["schema"]["required"] == ["id", "title"]
    assert described["publishes"][0]["meaning"] == "The library has a new book."
    assert sorted({one["type"] for one in described["consumes"]}) == [
        "loan.counted.v1",
        "reader.joined.v1",
        "shelf.collapsed.v1",
    ]
