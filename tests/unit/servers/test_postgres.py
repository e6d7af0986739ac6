"""The private PostgreSQL of the tests, where `nobody` may not read the virtual environment that its wheel is in."""

import shutil
import subprocess
from pathlib import Path

from tests.servers.postgres import copy_of, programs_of_wheel


def test_a_copy_of_the_programs_finds_its_libraries_without_the_original(tmp_path: Path) -> None:
    wheel = tmp_path / "closed to others"
    programs = copy_of(programs_of_wheel(), wheel)
    copy = copy_of(programs, tmp_path / "copy")
    shutil.rmtree(wheel)
    for program in ("initdb", "postgres"):
        ended = subprocess.run([copy / program, "--version"], capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        assert "PostgreSQL" in ended.stdout
