"""RabbitMQ for the tests: one that you name, else a private node with its own ports, cookie and epmd."""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, urlsplit

from ops.waiting import Stalled, wait_for
from tests.servers.rabbit_image import programs_of_image
from tests.servers.tools import (
    NoServer,
    end,
    free_port,
    is_listening,
    kill_pid,
    new_folder,
    tail,
)

INSTALLED = ("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin", "/opt/rabbitmq/sbin", "/opt/homebrew/opt/rabbitmq/sbin")
USER, PASSWORD = "tester", "tester"
VHOSTS_AT_ONCE = 25


@functools.cache
def rabbitmq() -> Rabbit:
    """The session's RabbitMQ: `CRM_TEST_AMQP_URL`, or an installed one, started privately."""
    if url := os.environ.get("CRM_TEST_AMQP_URL"):
        return Rabbit(url, None)
    node = Node(programs_of_rabbitmq())
    atexit.register(node.close)
    node.start()
    return Rabbit(node.url("/"), node)


class Rabbit:
    """A broker. `is_ours` tells whether it may be stopped, killed and given users; a named one may not."""

    def __init__(self, url: str, node: Node | None) -> None:
        self.url, self._node = url, node
        self._vhosts: list[str] = []

    @property
    def is_ours(self) -> bool:
        return self._node is not None

    def fresh_vhost(self) -> str:
        """The address of a virtual host that nobody used; on a broker that is not ours, always the one it names."""
        if self._node is None:
            return self.url
        if not self._vhosts:
            self._vhosts = self._node.new_vhosts(VHOSTS_AT_ONCE)
        return self._node.url(self._vhosts.pop())

    @property
    def port(self) -> int:
        return self._ours().port

    def add_user(self, url: str, name: str, patterns: tuple[str, str, str]) -> str:
        """A user with (configure, write, read) patterns on the virtual host of `url`; returns that user's address."""
        node, vhost = self._ours(), urlsplit(url).path[1:]
        password = token_hex(8)
        node.control("add_user", name, password)
        node.control("set_permissions", "-p", vhost, name, *patterns)
        return f"amqp://{quote(name)}:{password}@127.0.0.1:{node.port}/{vhost}"

    def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` against the node."""
        return self._ours().control(*arguments)

    def start(self) -> None:
        self._ours().start()

    def stop(self) -> None:
        self._ours().stop()

    def kill(self) -> None:
        """As a power switch would: SIGKILL, nothing flushed."""
        self._ours().kill()

    def _ours(self) -> Node:
        if self._node is None:
            raise NoServer("The broker of CRM_TEST_AMQP_URL is not ours to stop or to change.")
        return self._node


class Node:
    """One private node; everything it writes is in one folder, which goes with it."""

    def __init__(self, programs: Path, *, beside: Node | None = None) -> None:
        """`beside` another one it shares that one's epmd, so that both can be of one cluster."""
        self._programs = programs
        self.folder = new_folder("rabbit")
        self.name = f"crm{token_hex(4)}@localhost"
        self.port, self._epmd_port = free_port(), beside._epmd_port if beside else free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._write_config()

    def url(self, vhost: str) -> str:
        return f"amqp://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def start(self) -> None:
        self._start_epmd()
        log = (self.folder / "output").open("ab")
        self._server = subprocess.Popen(
            [self._programs / "rabbitmq-server"],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        try:
            wait_for(lambda: is_listening(self.port) or self._has_died(), "RabbitMQ listens")
        except Stalled as stalled:
            raise NoServer(f"{stalled}\n{tail(self.folder / 'output')}") from stalled
        if self._has_died():
            raise NoServer(f"RabbitMQ ended while booting:\n{tail(self.folder / 'output')}")

    def stop(self) -> None:
        if self._server:
            end(self._server, first=signal.SIGTERM, patience=60)
        self._server = None

    def kill(self) -> None:
        """The server runs below a shell script: the pid file names the one that matters."""
        kill_pid(int((self.folder / "pid").read_text()))
        if self._server:
            self._server.kill()
            self._server.wait()
        self._server = None
        wait_for(lambda: not is_listening(self.port), "the killed RabbitMQ listens no more")

    def close(self) -> None:
        if self._server:
            self.kill()
        if self._epmd:
            end(self._epmd, first=signal.SIGTERM, patience=5)
        shutil.rmtree(self.folder, ignore_errors=True)

    def control(self, *arguments: str) -> str:
        command: list[str | Path] = [self._programs / "rabbitmqctl", "--quiet", *arguments]
        answer = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
        if answer.returncode:
            raise RuntimeError(f"rabbitmqctl {arguments[0]} failed: {answer.stdout}{answer.stderr}")
        return answer.stdout

    def new_vhosts(self, count: int) -> list[str]:
        """Many at once: each call of rabbitmqctl boots an Erlang machine and costs seconds."""
        names = [f"test-{token_hex(4)}" for _ in range(count)]
        everything = {"user": USER, "configure": ".*", "write": ".*", "read": ".*"}
        definitions = {
            "vhosts": [{"name": name} for name in names],
            "permissions": [{"vhost": name, **everything} for name in names],
        }
        path = self.folder / "vhosts.json"
        path.write_text(json.dumps(definitions))
        self.control("import_definitions", str(path))
        return names

    @property
    def is_alive(self) -> bool:
        """Started and not killed since."""
        return not self._has_died()

    @property
    def is_well(self) -> bool:
        """Runs, and has joined whatever it belongs to."""
        try:
            self.control("await_online_nodes", "1")
        except RuntimeError:
            return False
        return True

    def _has_died(self) -> bool:
        return self._server is None or self._server.poll() is not None

    def _start_epmd(self) -> None:
        if is_listening(self._epmd_port):
            return
        program = shutil.which("epmd")
        if program is None:
            raise NoServer("RabbitMQ is installed but Erlang's epmd is not on the PATH.")
        command = [program, "-port", str(self._epmd_port), "-address", "127.0.0.1"]
        self._epmd = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: is_listening(self._epmd_port), "epmd listens")

    def _write_config(self) -> None:
        lines = [
            f"listeners.tcp.local = 127.0.0.1:{self.port}",
            f"default_user = {USER}",
            f"default_pass = {PASSWORD}",
            "disk_free_limit.absolute = 50MB",
            "raft.wal_max_size_bytes = 33554432",
        ]
        (self.folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (self.folder / "enabled_plugins").write_text("[].\n")

    def _environment(self) -> dict[str, str]:
        folder = self.folder
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            **{name: os.environ[name] for name in ("DOCKER_HOST",) if name in os.environ},
            "LANG": "C.UTF-8",
            "HOME": str(folder),  # where Erlang keeps the cookie
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": str(_dist_port(self.port)),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
            "RABBITMQ_CTL_ERL_ARGS": "+S 1:1 +sbwt none",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }


@functools.cache
def _dist_port(port: int) -> int:
    """A free port for Erlang's own traffic, the same at every start of the node that listens on `port`."""
    return free_port()


def is_provided() -> bool:
    """Whether the tests will find a broker: one that the environment names, an image of one, or an installed one."""
    named = os.environ.get("CRM_TEST_AMQP_URL") or os.environ.get("CRM_TEST_RABBITMQ_IMAGE")
    return bool(named) or _installed() is not None


def programs_of_rabbitmq() -> Path:
    """Where `rabbitmq-server` and `rabbitmqctl` are; CRM_TEST_RABBITMQ_IMAGE names a container image of another version."""
    if image := os.environ.get("CRM_TEST_RABBITMQ_IMAGE"):
        return programs_of_image(image)
    if programs := _installed():
        return programs
    raise NoServer("No RabbitMQ here: install rabbitmq-server (as root, `crm.py test` does), or set CRM_TEST_AMQP_URL.")


def _installed() -> Path | None:
    for pattern in INSTALLED:
        found = sorted(Path("/").glob(f"{pattern[1:]}/rabbitmq-server"))
        if found:
            return found[-1].parent
    program = shutil.which("rabbitmq-server")
    return Path(program).resolve().parent if program else None
