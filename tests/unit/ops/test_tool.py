"""The services' own commands, as crm.py runs them on the data of this machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from ops.local.data_directory import DataDirectory
from ops.local.migrations import is_up_to_date
from ops.repository import EVERYONE, ROOT
from ops.tool import at_rest

pytestmark = pytest.mark.slow


def tool(*words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "ops.tool", *words]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)


def test_migrate_brings_every_database_up_to_date_and_then_knows_it(tmp_path: Path) -> None:
    place = DataDirectory(tmp_path)
    assert not is_up_to_date(at_rest(place))
    result = tool("migrate", "--data", str(tmp_path))
    assert (result.returncode, set(result.stdout.split())) == (0, set(EVERYONE))
    assert all(place.database(service).exists() for service in EVERYONE)
    assert is_up_to_date(at_rest(place))

    parked = tool("parked", "list", "--data", str(tmp_path))
    assert (parked.returncode, parked.stdout.strip()) == (0, "Nothing is parked."), parked.stderr
    unknown = tool("parked", "replay", "cases", "7", "--data", str(tmp_path))
    assert unknown.returncode == 1
    assert "no parked message 7" in unknown.stderr

    place.database("cases").unlink()
    assert not is_up_to_date(at_rest(place))


def test_a_database_that_cannot_be_migrated_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "orders.db").write_text("this is no database, and long enough to be read as one " * 20)
    result = tool("migrate", "--data", str(tmp_path))
    assert result.returncode == 1
    assert "Nothing was started" in result.stderr
    assert "flask --app orders.app migrate` failed" in result.stderr
    assert "file is not a database" in result.stderr
    assert not (tmp_path / "migrated").exists()


def test_a_login_link_needs_a_running_installation(tmp_path: Path) -> None:
    result = tool("login-link", "--data", str(tmp_path))
    assert result.returncode == 1
    assert "Nothing runs on this data" in result.stderr
