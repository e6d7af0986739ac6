"""How every web process serves, on a laptop and in a container; the environment may change the numbers."""

import os
from pathlib import Path
from typing import Any

from gunicorn.workers import gthread

from servicekit.runtime import gc_tuning

bind = os.environ.get("CRM_BIND", "127.0.0.1:8080")
workers = int(os.environ.get("CRM_WEB_PROCESSES", "1"))
threads = int(os.environ.get("CRM_WEB_THREADS", "8"))
worker_class = "gthread"

# The arbiter loads the application and the worker is forked from it, so that both share those pages.
preload_app = True

timeout = 60
# How long a client may be silent in the middle of a request; without a limit a few silent ones hold every thread.
READ_TIMEOUT_SECONDS = 5
graceful_timeout = 25
keepalive = 75
backlog = 256

# Every arbiter of one user would open the same socket in the home folder, and a read-only container has none.
control_socket_disable = True
# The worker's heartbeat is a file; on a slow disk it blocks.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn makes a private file there
# Whom to believe what came before, the gateway alone decides, by CRM_TRUSTED_PROXIES.
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = os.environ.get("CRM_FORWARDED_ALLOW_IPS", "127.0.0.1")

# Requests are logged by the application, one structured line each.
accesslog = None
loglevel = "warning"


def when_ready(_server: Any) -> None:
    """The application is loaded, and the workers are forked next."""
    gc_tuning.apply()


def post_worker_init(_worker: Any) -> None:
    """Give every connection a read timeout: gthread itself would wait for ever for one that stays silent."""

    class ConnectionWithTimeout(gthread.TConn):  # type: ignore[misc] # gunicorn has no types
        def init(self) -> None:
            super().init()
            self.sock.settimeout(READ_TIMEOUT_SECONDS)

    gthread.TConn = ConnectionWithTimeout
