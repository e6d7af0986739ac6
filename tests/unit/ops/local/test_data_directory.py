"""The data folder of an installation: who may read it, and who may use it at once."""

import json
import stat
from pathlib import Path

import jwt
import pytest

from ops.errors import OperatorError
from ops.local.data_directory import DataDirectory
from ops.secret_files import write_private


def test_secrets_and_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    place = DataDirectory(tmp_path / "var")
    place.prepare()
    files = [place.secret("session"), place.secret("cursor"), place.signing_key, place.public_keys]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "var" / "keys").stat().st_mode) == 0o700


def test_what_the_signing_key_signs_the_public_half_accepts(tmp_path: Path) -> None:
    place = DataDirectory(tmp_path)
    place.prepare()
    signing = json.loads(place.signing_key.read_text())
    public = json.loads(place.public_keys.read_text())
    token = jwt.encode({"sub": "usr_1"}, signing["private_pem"], algorithm="EdDSA", headers={"kid": signing["kid"]})
    assert jwt.decode(token, public[signing["kid"]], algorithms=["EdDSA"]) == {"sub": "usr_1"}


def test_a_second_start_keeps_the_keys(tmp_path: Path) -> None:
    place = DataDirectory(tmp_path)
    place.prepare()
    before = place.signing_key.read_text(), place.secret("session").read_text()
    place.prepare()
    assert (place.signing_key.read_text(), place.secret("session").read_text()) == before


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    one, two = DataDirectory(tmp_path / "one"), DataDirectory(tmp_path / "two")
    one.prepare()
    two.prepare()
    assert one.secret("session").read_text() != two.secret("session").read_text()
    assert one.secret("session").read_text() != one.secret("cursor").read_text()


def test_the_same_data_is_not_started_twice(tmp_path: Path) -> None:
    place = DataDirectory(tmp_path)
    with place.locked("http://127.0.0.1:8080"):
        assert place.address() == "http://127.0.0.1:8080"
        with (
            pytest.raises(OperatorError, match=r"It runs already: http://127\.0\.0\.1:8080"),
            place.locked("http://127.0.0.1:9000"),
        ):
            pass
        assert place.address() == "http://127.0.0.1:8080"
    with pytest.raises(OperatorError, match="Nothing runs"):
        place.address()


def test_an_installation_that_was_killed_does_not_count_as_running(tmp_path: Path) -> None:
    place = DataDirectory(tmp_path)
    write_private(place.running, json.dumps({"url": "http://127.0.0.1:8080", "pid": 2**22 + 1}))
    with pytest.raises(OperatorError, match="Nothing runs"):
        place.address()


def test_a_fresh_start_deletes_its_own_files_and_no_others(tmp_path: Path) -> None:
    place = DataDirectory(tmp_path)
    place.prepare()
    (tmp_path / "my-notes.txt").write_text("keep")
    for name in ("cases.db", "cases.db-wal", "bus.db", "demo.json", "migrated"):
        (tmp_path / name).touch()
    place.wipe()
    assert [path.name for path in tmp_path.iterdir()] == ["my-notes.txt"]
