"""Runs a command of a service's own command line, beside others, and hands back what it said."""

import os
import subprocess
import tempfile
from typing import IO

from ops.errors import OperatorError
from ops.local import forking
from ops.local.processes import SHARED_MODULES, Installation, flask_argv
from ops.repository import ROOT


class Command:
    """One command, started when made. On Linux it is a fork of this process and costs no new interpreter."""

    def __init__(self, installation: Installation, service: str, *words: str) -> None:
        self._what = f"flask --app {service}.app {' '.join(words)}"
        # Closed by `finish`: the command writes into it while this object lives.
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        argv, env = (*flask_argv(service), *words), installation.environment(service)
        if forking.can_fork():
            forking.preload(SHARED_MODULES)
            name = f"{service} {words[0]}"
            self._process: forking.ForkedProcess | subprocess.Popen[bytes] = forking.ForkedProcess(
                argv, name=name, env=env, cwd=ROOT, log=self._output
            )
        else:
            self._process = subprocess.Popen(
                argv, env={**os.environ, **env}, cwd=ROOT, stdout=self._output, stderr=subprocess.STDOUT
            )

    def finish(self) -> str:
        """Everything it printed; raises OperatorError with it when the command failed."""
        code = self._process.wait()
        with self._output as file:
            file.seek(0)
            output = file.read().decode(errors="replace").strip()
        if code:
            raise OperatorError(f"`{self._what}` failed:\n{output[-2000:]}")
        return output

    def last_line(self) -> str:
        """The answer of a command that prints one; raises OperatorError where it printed nothing."""
        lines = self.finish().splitlines()
        if not lines:
            raise OperatorError(f"`{self._what}` said nothing.")
        return lines[-1]
