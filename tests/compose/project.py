"""A compose project in a clean clone of its own: what an operator has after `git clone` and `crm.py init`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ops.api import Api
from tests import clones
from tests.compose.engine import docker
from tests.stacks import free_ports

IMAGES = ("gateway", "customers", "cases", "orders", "notifications")
SECONDS = 900


class Project:
    """Its name is this process's, so that two runs on one engine do not meet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = f"crmtest{os.getpid()}"
        self.port = free_ports()["gateway"]
        self.url = f"http://127.0.0.1:{self.port}"
        clones.clone(folder)

    def init(self) -> str:
        """Made by this checkout's environment: one of its own would cost the clone half a minute."""
        argv = [sys.executable, "-m", "ops.compose_init", "--port", str(self.port), "--folder", str(self.folder)]
        return subprocess.run(argv, cwd=clones.ROOT, check=True, capture_output=True, text=True).stdout

    def attempt(self, *words: str) -> subprocess.CompletedProcess[str]:
        return docker("compose", "-p", self.name, *words, cwd=str(self.folder), seconds=SECONDS)

    def compose(self, *words: str) -> str:
        answer = self.attempt(*words)
        assert answer.returncode == 0, f"compose {words}:\n{answer.stdout[-3000:]}{answer.stderr[-3000:]}"
        return answer.stdout

    def inside(self, service: str, *words: str) -> str:
        """What a command in a running container says."""
        return self.compose("exec", "-T", service, *words).strip()

    def up(self) -> None:
        answer = self.attempt("up", "--build", "--wait")
        if answer.returncode:
            logs = self.attempt("logs", "--no-color", "--tail", "30").stdout
            raise AssertionError(f"{answer.stderr[-2000:]}\n{logs[-8000:]}")

    def containers(self, *words: str) -> list[dict[str, Any]]:
        lines = self.compose("ps", *words, "--format", "json").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def processes(self) -> list[int]:
        """The first process of each container, as far as this machine sees them."""
        ids = [one["ID"] for one in self.containers()]
        return [int(pid) for pid in docker("inspect", "--format", "{{.State.Pid}}", *ids).stdout.split()]

    def api(self) -> Api:
        """The API as the first administrator, by a key that the operator asks for."""
        self.inside("gateway", "flask", "login-link")
        return Api(self.url, self.inside("gateway", "flask", "api-key", "--name", "tests").splitlines()[-1])

    def down(self) -> None:
        """Ours stop in seconds; a broker whose image does not hand SIGTERM on is not waited for."""
        self.compose("down", "--timeout", "6")

    def remove(self) -> None:
        self.attempt("down", "-v", "--remove-orphans", "--timeout", "3")
        docker("image", "rm", "-f", *(f"{self.name}-{one}" for one in IMAGES))
