#!/usr/bin/env python3
"""The one entry script: prepares a virtual environment, then starts, tests and operates Customer Manager."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
REQUIREMENTS = ROOT / "requirements"
PACKAGES = ("shared", "services/customers", "services/cases", "services/orders", "services/notifications", "gateway")
OLDEST_PYTHON = (3, 11)
DISK_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Environment:
    """A virtual environment inside this folder, and the lock file that says what is installed in it."""

    lock: str
    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Holds the fingerprint of what was installed."""
        return self.folder / "crm-installed"


# Two, so that no developer's tool ever exchanges the libraries of a system that is running.
RUN = Environment("run", ROOT / ".venv")
DEV = Environment("dev", ROOT / ".venv-dev")


@dataclass(frozen=True)
class Command:
    """One line of the menu: what to run, and in which environment."""

    group: str
    help: str
    run: tuple[str, ...]
    environment: Environment = RUN


COMMANDS = {
    "up": Command("Start here", "start everything on this machine, with demo data", ("-m", "ops.local.up")),
    "test": Command("Start here", "prove that it works", ("tests/run.py",), DEV),
    "login-link": Command("Look inside", "print a one-time link that signs in", ("-m", "ops.tool", "login-link")),
    "parked": Command("Look inside", "messages that could not be handled", ("-m", "ops.tool", "parked")),
    "features": Command("Look inside", "what it can do, and the tests that prove it", ("tests/features.py",), DEV),
    "demo": Command("Look inside", "load the demo data again, or --remove it", ("-m", "ops.demo")),
    "selfcheck": Command("Look inside", "send one form through the whole chain", ("-m", "ops.selfcheck")),
    "init": Command("Operate", "write .env and secrets for docker compose", ("-m", "ops.compose_init")),
    "migrate": Command("Operate", "bring every database of this machine up to date", ("-m", "ops.tool", "migrate")),
    "openapi": Command("Develop", "write contracts/, asyncapi.json and docs/events.md", ("-m", "ops.contracts"), DEV),
    "bench": Command("Develop", "measure it beside its limits: docs/performance.md", ("tests/bench/run.py",), DEV),
    "setup": Command("Develop", "prepare .venv-dev with everything that tests need", ("-c", ""), DEV),
    "lock": Command("Develop", "choose versions anew: requirements/*.in → *.lock", ("-m", "ops.lock"), DEV),
}


class OperatorError(Exception):
    """Something the person at the keyboard has to do; the text says what."""


def main(arguments: list[str]) -> NoReturn:
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(menu())
        sys.exit(0)
    name, *rest = arguments
    command = COMMANDS.get(name)
    if command is None:
        print(f"There is no command {name!r}.\n\n{menu()}", file=sys.stderr)
        sys.exit(2)
    try:
        prepare(command.environment)
    except OperatorError as error:
        sys.exit(f"\n{error}")
    # A folder is named as seen from where the person stands; the command runs beside this file.
    places = [before in {"--data", "--folder"} for before in ["", *rest]]
    rest = [str(Path(word).resolve()) if is_place else word for word, is_place in zip(rest, places, strict=False)]
    become([str(command.environment.python), *command.run, *rest])


def menu() -> str:
    lines = ["Customer Manager", ""]
    for group in dict.fromkeys(command.group for command in COMMANDS.values()):
        lines.append(f"{group}:")
        lines += [f"  python3 crm.py {name:<11} {c.help}" for name, c in COMMANDS.items() if c.group == group]
        lines.append("")
    lines.append("Each knows --help. Needs Python 3.11 or newer, and nothing else.")
    return "\n".join(lines)


def become(argv: list[str]) -> NoReturn:
    """Put the command in this process's place, so that Ctrl-C and the exit code are its own."""
    os.chdir(ROOT)
    # What a person's shell exports for other projects must not reach ours.
    os.environ.pop("PYTHONHOME", None)
    os.environ.pop("PYTHONPATH", None)
    # Two arenas are enough for eight threads; glibc would make sixteen and keep their memory.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    os.execv(argv[0], argv)  # noqa: S606 - no shell is wanted


# The environment


def prepare(environment: Environment) -> None:
    """Install exactly what the lock file names; does nothing when that was done already."""
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:3]))
        raise OperatorError(f"This is Python {have}. Install Python 3.11 or newer and run: python3.11 crm.py …")
    if os.name == "nt":
        raise OperatorError("On Windows it runs inside WSL: type wsl, go to this folder, and run this again.")
    wanted = fingerprint(environment.lock)
    if environment.python.exists() and environment.stamp.exists() and environment.stamp.read_text() == wanted:
        return
    check_disk()
    environment.stamp.unlink(missing_ok=True)
    make(environment)
    install(environment)
    environment.stamp.write_text(wanted)


def fingerprint(lock: str) -> str:
    """Changes when an install would: the locks, our own package files, the Python, the place."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    files = [REQUIREMENTS / f"{lock}.lock", REQUIREMENTS / "uv.lock", *(ROOT / p / "pyproject.toml" for p in PACKAGES)]
    for file in files:
        digest.update(file.read_bytes())
    return f"{lock} {digest.hexdigest()}"


def check_disk() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < DISK_BYTES:
        raise OperatorError(
            f"Only {free / 1e9:.1f} GB are free in {ROOT}; it takes 2 GB. Free some and run this again."
        )


def make(environment: Environment) -> None:
    if works([str(environment.python), "-m", "pip", "--version"]) and has_this_python(environment):
        return
    with step(f"Making {environment.folder.name}"):
        shutil.rmtree(environment.folder, ignore_errors=True)
        argv = [sys.executable, "-m", "venv", str(environment.folder)]
        if works(argv):
            return
        add_venv_to_debian()
        run(argv, "Python could not make a virtual environment.")


def has_this_python(environment: Environment) -> bool:
    """Whether it was made by a Python of this version."""
    code = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    return works([str(environment.python), "-c", code])


def add_venv_to_debian() -> None:
    """Debian's Python comes without ensurepip; root can have it installed, everyone else is told the command."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not shutil.which("apt-get"):
        raise OperatorError(
            "This Python cannot make virtual environments (venv, ensurepip). Install them and run this again."
        )
    if os.geteuid() != 0:
        raise OperatorError(
            f"One package is missing. Type this, then run this again:\n\n  sudo apt-get install -y {package}"
        )
    run(["apt-get", "update", "-qq"], "apt-get update failed.")
    run(["apt-get", "install", "-y", "-qq", package], f"apt-get could not install {package}.")


def install(environment: Environment) -> None:
    """By uv, many times faster, where a wheel of it fits this platform; else by pip. The hashes hold in both."""
    python, lock = str(environment.python), environment.lock
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    uv = [str(environment.python.with_name("uv")), "pip"]
    options = ["-q", "--no-config", "--python", python]
    own = [word for package in PACKAGES for word in ("-e", str(ROOT / package))]
    with step("Fetching the installer"):
        has_uv = works([*pip, "install", "-q", "--require-hashes", "-r", str(REQUIREMENTS / "uv.lock")])
    settings = uv_environment(pip) if has_uv else {}
    with step(f"Installing what requirements/{lock}.lock names"):
        files = [str(REQUIREMENTS / f"{name}.lock") for name in (lock, "uv")]
        if not (has_uv and works([*uv, "sync", *options, "--require-hashes", *files], settings)):
            run(
                [*pip, "install", "-q", "--require-hashes", "-r", str(REQUIREMENTS / f"{lock}.lock")],
                "The packages could not be installed. Check the network, or pip's index and proxy: pip config list",
            )
    with step("Installing our own packages"):
        flags = ["--no-deps", "--no-build-isolation", *own]
        if not (has_uv and works([*uv, "install", *options, *flags], settings)):
            run([*pip, "install", "-q", *flags], "Our own packages could not be installed.")


def uv_environment(pip: list[str]) -> dict[str, str]:
    """Hand on what uv does not read: pip's own settings of index, certificate and proxy."""
    settings = pip_settings(pip)
    found = {
        # The hashes decide which file is right, so an index may be asked for whatever the first one lacks.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_HTTP_TIMEOUT": settings.get("default-timeout") or settings.get("timeout", ""),
        "UV_DEFAULT_INDEX": settings.get("index-url", ""),
        "UV_EXTRA_INDEX_URL": " ".join(index for index in settings.get("extra-index-url", "").split() if exists(index)),
        "UV_FIND_LINKS": ",".join(place for place in settings.get("find-links", "").split() if exists(place)),
        "UV_INSECURE_HOST": settings.get("trusted-host", ""),
        "SSL_CERT_FILE": settings.get("cert", ""),
        "HTTPS_PROXY": settings.get("proxy", ""),
    }
    if not (settings.get("cert") or os.environ.get("SSL_CERT_FILE")):
        found["UV_SYSTEM_CERTS"] = "true"
    return {name: value for name, value in found.items() if value and name not in os.environ}


def pip_settings(pip: list[str]) -> dict[str, str]:
    """What `pip config list` says, the narrower section winning, as pip itself decides."""
    listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
    settings: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for line in listed.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(f"{section}."):
                settings[name[len(section) + 1 :]] = " ".join(shlex.split(value)).replace("\\n", " ")
    return settings


def exists(place: str) -> bool:
    """Whether a place that pip looks into is there; a folder may be named that this machine lacks."""
    place = place.removeprefix("file://")
    return "://" in place or Path(place).exists()


# Programs


def works(argv: list[str], variables: dict[str, str] | None = None) -> bool:
    """Whether the program is there and ends with 0."""
    with contextlib.suppress(FileNotFoundError):
        merged = {**os.environ, **(variables or {})}
        return subprocess.run(argv, env=merged, capture_output=True, check=False, cwd=ROOT).returncode == 0
    return False


def run(argv: list[str], complaint: str) -> None:
    result = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT)
    if result.returncode:
        raise OperatorError(
            f"{complaint}\n\n{(result.stdout + result.stderr).strip()[-3000:]}\n\nIt ran: {shlex.join(argv)}"
        )


class step:  # noqa: N801 - reads as the statement it is used as
    """Says what is being done, and how long it took: on standard error, for a command's output is its own."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.started = time.monotonic()
        print(f"  {self.what} …", end="", file=sys.stderr, flush=True)

    def __exit__(self, kind: object, *_: object) -> None:
        ended = "failed" if kind else f"{time.monotonic() - self.started:.1f} s"
        print(f" {ended}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
