"""Clean clones of this checkout, as a new user has them: the committed state, and nothing of this folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def why_missing() -> str:
    """Nothing, or why this checkout cannot be cloned."""
    if not shutil.which("git"):
        return "git is not installed"
    return "" if (ROOT / ".git").exists() else "this folder is no git checkout"


def clone(folder: Path) -> Path:
    """Clone into this folder, also where the checkout belongs to somebody else: a mounted one, read by root."""
    trust = folder.with_name(f"{folder.name}.gitconfig")
    trust.write_text("[safe]\n\tdirectory = *\n")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": str(trust)}
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], env=environment, check=True)
    return folder


def crm(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `crm.py` there, by this Python without any environment of ours."""
    program = [sys._base_executable, "crm.py", *arguments]
    return subprocess.run(program, cwd=clone, env=environment(), capture_output=True, text=True, check=False)


def environment() -> dict[str, str]:
    """The variables of a new user: nothing of this project."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("CRM_", "VIRTUAL_ENV", "BENCH_"))}
