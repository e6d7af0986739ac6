"""A gateway on a fresh database, callers who sign in, and a real service behind it."""

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3
from argon2 import PasswordHasher

from gateway.app import create_app
from gateway.identity.login.password_check import start_session
from gateway.identity.sessions import passwords
from gateway.settings import Settings
from servicekit.testing.harness import Harness
from tests.servers.tools import free_port
from tests.unit.harness import ServiceHarness

PASSWORD = "correct horse battery"
ADMIN = "ada@example.com"
REAL_HASHER = passwords._HASHER
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@dataclass
class SignedInCaller:
    """A caller of the gateway's API with a token or a key."""

    http: object
    token: str

    def ask(self, method, path, headers=None, **more):
        return self.http.open(
            f"/api/v1{path}",
            method=method,
            headers={"Authorization": f"Bearer {self.token}", **(headers or {})},
            **more,
        )

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.ask("POST", path, json=body or {}, **more)

    def patch(self, path, body, **more):
        return self.ask("PATCH", path, json=body, **more)

    def delete(self, path, **more):
        return self.ask("DELETE", path, **more)


class ManualClock:
    """A clock in seconds that a test moves."""

    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


@dataclass
class GatewayHarness(ServiceHarness):
    """The running gateway, with the steps that many tests need."""

    def __post_init__(self):
        self.app, self.service, self.clock = self.running.app, self.running.service, self.harness.clock
        self.http = self.app.test_client(use_cookies=False)

    def log_in(self, email=ADMIN, password=PASSWORD, **more):
        return self.http.post("/api/v1/auth/tokens", json={"email": email, "password": password}, **more)

    def person(self, email=ADMIN, password=PASSWORD):
        """Somebody who has signed in."""
        return self.with_token(self.log_in(email, password).json["access_token"])

    def with_token(self, token):
        return SignedInCaller(self.http, token)

    def with_key(self, *permissions, owner=ADMIN):
        """A program with a new API key of this user."""
        made = self.person(owner).post("/api-keys", {"name": "k", "permissions": list(permissions)})
        assert made.status_code == 201, made.text
        return self.with_token(made.json["secret"])

    def add_user(self, email="bo@example.com", roles=("agent",), **more):
        body = {"email": email, "name": "Bo", "password": PASSWORD, "roles": list(roles), **more}
        answer = self.person().post("/users", body)
        assert answer.status_code == 201, answer.text
        return answer.json

    def open_browser(self, email=ADMIN, agent="a browser"):
        """Sign a browser in; returns its session cookie."""
        return start_session(
            self.service.database, email=email, password=PASSWORD, now=self.clock(), ip="192.0.2.1", user_agent=agent
        )

    def browse(self, cookie, path="/api/v1/me", method="GET", headers=None, **more):
        """As the browser with this cookie."""
        return self.http.open(
            path, method=method, headers={"Cookie": f"crm_session={cookie}", **(headers or {})}, **more
        )

    def forget_trust(self):
        """As if the second for which a principal is cached were over."""
        self.app.extensions["principals"].forget()


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch):
    """Hundreds of tests sign somebody in; what a password costs is the affair of one, which takes REAL_HASHER."""
    monkeypatch.setattr(passwords, "_HASHER", QUICK_HASHER)


@pytest.fixture
def harness(tmp_path):
    """Nothing but a folder with a key pair; `start_gateway` puts a gateway into it."""
    harness = Harness(tmp_path)
    yield harness
    harness.close()


@pytest.fixture
def start_gateway(harness):
    """Start a gateway; services not named are at a port where nobody answers."""

    def start(**environ):
        nobody = f"http://127.0.0.1:{free_port()}"
        known = {f"CRM_{name}_URL": nobody for name in ("CUSTOMERS", "CASES", "ORDERS", "NOTIFICATIONS")}
        known |= {
            "CRM_SESSION_SECRET": "test-session-secret-0123456789abcdef",
            "CRM_ADMIN_EMAIL": ADMIN,
            "CRM_ADMIN_PASSWORD": PASSWORD,
            "CRM_RATE_LIMIT_LOGIN": "0",
            "CRM_RATE_LIMIT_PUBLIC": "0",
        }
        return GatewayHarness(harness=harness, running=harness.start(create_app, Settings, **(known | environ)))

    return start


@pytest.fixture
def gateway(start_gateway):
    return start_gateway()


@dataclass
class Echo:
    """A service that answers with what it was asked."""

    url: str

    def seen(self, what="requests"):
        return urllib3.request("GET", f"{self.url}/_seen").json()[what]


@contextmanager
def running_echo(port=0):
    """The echo as a process of its own."""
    argv = [sys.executable, str(Path(__file__).with_name("echo_service.py")), str(port)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        yield Echo(f"http://127.0.0.1:{process.stdout.readline().strip()}")
        process.terminate()


@pytest.fixture(scope="session")
def echo_process():
    with running_echo() as echo:
        yield echo


@pytest.fixture
def echo(echo_process):
    """The echo, which has seen nothing yet."""
    urllib3.request("POST", f"{echo_process.url}/_forget")
    return echo_process


@pytest.fixture
def proxied(start_gateway, echo):
    """A gateway whose cases service is the echo; nobody answers for the others."""
    return start_gateway(CRM_CASES_URL=echo.url)
