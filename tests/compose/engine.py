"""A Docker Engine with Compose: the machine's own, or one that the command in CRM_TEST_COMPOSE_LAB starts."""

import functools
import os
import shutil
import subprocess


@functools.cache
def why_missing() -> str:
    """Nothing, or why no compose project can run here. Starts the lab where one is named."""
    lab = os.environ.get("CRM_TEST_COMPOSE_LAB")
    if lab:
        started = subprocess.run([lab, "up"], capture_output=True, text=True, check=False)
        if started.returncode:
            return f"{lab} up failed: {(started.stdout + started.stderr).strip()[-300:]}"
    if shutil.which("docker") is None:
        return "docker is not installed"
    for words in (("info",), ("compose", "version")):
        answer = docker(*words)
        if answer.returncode:
            return f"docker {' '.join(words)}: {(answer.stderr or answer.stdout).strip().splitlines()[-1][:200]}"
    return ""


def docker(*words: str, cwd: str | None = None, seconds: float = 1800) -> subprocess.CompletedProcess[str]:
    """One docker command against that engine."""
    return subprocess.run(
        ["docker", *words], cwd=cwd, env=environment(), capture_output=True, text=True, check=False, timeout=seconds
    )


@functools.cache
def environment() -> dict[str, str]:
    """The process environment with what the lab says of its engine."""
    known = dict(os.environ)
    if lab := os.environ.get("CRM_TEST_COMPOSE_LAB"):
        said = subprocess.run([lab, "env"], capture_output=True, text=True, check=True).stdout
        for part in said.replace("export ", "").split():
            name, _, value = part.partition("=")
            known[name] = value
    return known
