"""The demo's manifest: nothing is loaded twice, whatever broke off in the middle."""

import threading
from pathlib import Path

import pytest

from ops.demo.manifest import DemoManifest


def test_what_is_in_the_manifest_is_not_made_again(tmp_path: Path) -> None:
    made: list[str] = []

    def make(key: str) -> str:
        made.append(key)
        return "cus_1"

    first = DemoManifest(tmp_path / "demo.json")
    with first.saved():
        assert first.once("customer a", make) == "cus_1"
    second = DemoManifest(tmp_path / "demo.json")
    assert second.is_complete
    assert second.once("customer a", make) == "cus_1"
    assert len(made) == 1


def test_a_load_that_broke_off_goes_on_where_it_was(tmp_path: Path) -> None:
    manifest = DemoManifest(tmp_path / "demo.json")

    def load() -> None:
        with manifest.saved():
            manifest.once("customer a", lambda _: "cus_1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        load()
    again = DemoManifest(tmp_path / "demo.json")
    assert not again.is_complete
    assert list(again.named("customer ")) == [("customer a", "cus_1")]


def test_the_api_gets_the_same_key_for_the_same_thing_again(tmp_path: Path) -> None:
    keys: list[str] = []
    for _ in range(2):
        DemoManifest(tmp_path / "demo.json").once("order a 0", lambda key: keys.append(key) or "ord_1")
    assert keys[0] == keys[1]


def test_the_manifest_takes_entries_from_several_threads(tmp_path: Path) -> None:
    manifest = DemoManifest(tmp_path / "demo.json")
    threads = [threading.Thread(target=manifest.once, args=(f"note {n}", str)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(manifest.named("note "))) == 30
