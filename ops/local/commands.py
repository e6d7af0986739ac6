"""Runs a command of a service's own command line, beside others, and hands back what it said."""

import os
import subprocess
import tempfile
from typing import IO

from ops.errors import Trouble
from ops.local import forking
from ops.local.processes import SHARED_MODULES, Installation, flask_argv
from ops.repository import ROOT


class Command:
    """One command, started when made. On Linux it is a copy of this process and costs no new interpreter."""

    def __init__(self, installation: Installation, service: str, *words: str) -> None:
        self._what = f"flask --app {service}.app {' '.join(words)}"
        # Closed by `finish`: the command writes into it while this object lives.
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        argv, env = (*flask_argv(service), *words), installation.environment(service)
        if forking.can_fork():
            forking.preload(SHARED_MODULES)
            name = f"{service} {words[0]}"
            self._process: forking.Copy | subprocess.Popen[bytes] = forking.Copy(
                argv, name=name, env=env, cwd=ROOT, log=self._output
            )
        else:
            self._process = subprocess.Popen(
                argv, env={**os.environ, **env}, cwd=ROOT, stdout=self._output, stderr=subprocess.STDOUT
            )

    def finish(self) -> str:
        """Everything it printed; raises Trouble with it when the command failed."""
        code = self._process.wait()
        with self._output as output:
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
        if code:
            raise Trouble(f"`{self._what}` failed:\n{said[-2000:]}")
        return said

    def last_line(self) -> str:
        """The answer of a command that prints one; raises Trouble where it printed nothing."""
        lines = self.finish().splitlines()
        if not lines:
            raise Trouble(f"`{self._what}` said nothing.")
        return lines[-1]
