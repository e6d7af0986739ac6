"""The processes of an installation on this machine: their ports, their environment, their order."""

import os
import socket
import sys
from dataclasses import dataclass

from ops.errors import OperatorError
from ops.local.data_directory import DataDirectory
from ops.local.supervisor import Program
from ops.repository import EVERYONE, ROOT, SERVICES

HOST = "127.0.0.1"
FIRST_PORT = 8080
PORTS_TRIED = 200
DEMO_ADMINISTRATOR = "admin@demo.example"
# What every process uses: the supervisor imports it once and all of them share those pages.
SHARED_MODULES = (
    "flask.cli",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "servicekit.runtime.app",
    "servicekit.runtime.worker",
)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """One data directory, and a port for each web process."""

    data: DataDirectory
    ports: dict[str, int]

    @property
    def url(self) -> str:
        return self.url_of("gateway")

    def url_of(self, service: str) -> str:
        return f"http://{HOST}:{self.ports[service]}"

    def environment(self, service: str) -> dict[str, str]:
        """The settings of this service, and no more: only the gateway can sign, only notifications sends mail."""
        data = self.data
        settings = {
            "CRM_DATABASE_URL": f"sqlite:///{data.database(service)}",
            "CRM_BUS_URL": f"embedded:///{data.bus}",
            "CRM_IDENTITY_KEYS": str(data.public_keys),
            "CRM_CURSOR_SECRET_FILE": str(data.secret("cursor")),
            "CRM_ENV": "development",
            "CRM_LOG_FORMAT": "console",
            "CRM_PUBLIC_URL": self.url,
            "PYTHONUNBUFFERED": "1",
            "NO_COLOR": "1",
            # A person's shell may hold it; it is for the gateway alone.
            "CRM_ADMIN_PASSWORD": "",
        }
        if service == "notifications":
            settings |= {"CRM_MAIL_URL": f"file://{data.mail}", "CRM_MAIL_FROM": "Customer Manager <crm@demo.example>"}
        if service == "gateway":
            settings |= self._gateway_environment()
        return settings

    def _gateway_environment(self) -> dict[str, str]:
        data = self.data
        settings = {f"CRM_{service.upper()}_URL": self.url_of(service) for service in SERVICES}
        settings["CRM_IDENTITY_SIGNING_KEY"] = str(data.signing_key)
        settings["CRM_WEB_THREADS"] = "24"  # it mostly waits for the services behind it
        settings["CRM_SESSION_SECRET_FILE"] = str(data.secret("session"))
        settings["CRM_DEV_MAIL_DIR"] = str(data.mail)
        settings["CRM_ADMIN_EMAIL"] = administrator()
        settings["CRM_ADMIN_PASSWORD"] = os.environ.get("CRM_ADMIN_PASSWORD", "")
        return settings

    def programs(self) -> list[Program]:
        """Services and workers first, the gateway last: it is stopped first, so that nobody is let in any more."""
        web = [self._web(service, stage=1) for service in SERVICES]
        workers = [self._worker(service) for service in EVERYONE]
        return [*web, *workers, self._web("gateway", stage=2)]

    def _web(self, service: str, *, stage: int) -> Program:
        address = f"{HOST}:{self.ports[service]}"
        config = str(ROOT / "gunicorn.conf.py")
        return Program(
            name=service,
            argv=(
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                config,
                "--bind",
                address,
                f"{service}.app:create_app()",
            ),
            env=self.environment(service),
            cwd=ROOT,
            ready_url=f"http://{address}/readyz",
            stage=stage,
        )

    def _worker(self, service: str) -> Program:
        argv = (*flask_argv(service), "worker")
        return Program(name=f"{service}-worker", argv=argv, env=self.environment(service), cwd=ROOT, stage=0)


def flask_argv(service: str) -> tuple[str, ...]:
    """How a service's own command line is called."""
    return (sys.executable, "-m", "flask", "--app", f"{service}.app")


def administrator() -> str:
    """Who is the first administrator: whom the environment names, else the one of the demo."""
    return os.environ.get("CRM_ADMIN_EMAIL") or DEMO_ADMINISTRATOR


def choose_ports(wanted: int | None) -> dict[str, int]:
    """The gateway's port (the next free one unless it was asked for by number), then one for each service."""
    start = wanted or int(os.environ.get("CRM_PORT") or FIRST_PORT)
    if wanted and not is_free(wanted):
        raise OperatorError(f"Port {wanted} is in use. Name another one: python3 crm.py up --port {wanted + 100}")
    free = (port for port in range(start, min(start + PORTS_TRIED, 65536)) if is_free(port))
    ports = dict(zip(("gateway", *SERVICES), free, strict=False))
    if len(ports) < len(EVERYONE):
        raise OperatorError(f"Not enough free ports above {start}. Name another start: python3 crm.py up --port 18080")
    return ports


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As gunicorn binds: a port in TIME_WAIT after the last run is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
