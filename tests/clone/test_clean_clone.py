"""What a new user does: clone, and say a command of `crm.py`."""

import json
import re
from pathlib import Path

import pytest

from tests import clones
from tests.servers.tools import free_port


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In a folder whose name holds blanks and letters beyond ASCII, as a person's may."""
    return clones.clone(tmp_path_factory.mktemp("clone") / "Kunden Verwaltung Ü")


def test_the_first_command_prints_its_own_output_alone(clone: Path) -> None:
    first = clones.crm(clone, "features", "--json")
    assert first.returncode == 0, first.stderr
    assert all(row["id"] for row in json.loads(first.stdout))
    assert "Making .venv-dev …" in first.stderr


def test_one_command_starts_everything_and_a_form_goes_through_the_whole_chain(clone: Path) -> None:
    started = clones.crm(clone, "up", "--check", "--port", str(free_port()))
    assert started.returncode == 0, started.stdout + started.stderr
    assert re.fullmatch(r"Everything works \(\d+ s\)\.", started.stdout.strip().splitlines()[-1])


def test_developers_tools_change_nothing_of_what_a_running_system_uses(clone: Path) -> None:
    before = files_of(clone / ".venv")
    assert len(before) > 1000
    (clone / ".venv-dev" / "crm-installed").unlink()
    again = clones.crm(clone, "setup")
    assert again.returncode == 0, again.stderr
    assert "Installing what requirements/dev.lock names …" in again.stderr
    assert files_of(clone / ".venv") == before


def files_of(folder: Path) -> dict[Path, int]:
    """Every file with the time of its last change."""
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}
