"""What both servers need: free ports, a folder of their own, waiting, and stopping only what we started."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

LISTEN_FROM, OUTGOING_FROM = 15_000, 32_000
"""Below what Linux (32768), macOS and the BSDs (49152) take for outgoing connections."""


class NoServer(Exception):
    """There is no such server here and none could be started; the text says why and what would help."""


def free_port() -> int:
    """One that stays free while its server is down: the system hands none of these to outgoing connections."""
    for _ in range(200):
        port = secrets.randbelow(OUTGOING_FROM - LISTEN_FROM) + LISTEN_FROM
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise NoServer(f"There is no free port between {LISTEN_FROM} and {OUTGOING_FROM}.")


def new_folder(name: str) -> Path:
    """A folder that another user may enter, with a short path (sockets allow some hundred characters)."""
    folder = Path(tempfile.mkdtemp(prefix=f"crm-{name}-"))
    folder.chmod(0o755)
    return folder


def is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def end(process: subprocess.Popen[bytes], *, first: signal.Signals, patience: float) -> None:
    """Ask, wait, then kill; only for processes that this program started."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kill_pid(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def tail(path: Path, lines: int = 12) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else "(no log)"
