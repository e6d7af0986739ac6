"""Real servers for the tests: started once a session, stopped at its end, never a stand-in.

`rabbitmq()` and `postgres()` return a running server or raise `NoServer` with a reason that tells what to do.
"""

from __future__ import annotations

from tests.servers.postgres import Postgres, another_postgres, postgres
from tests.servers.rabbit import Rabbit, rabbitmq
from tests.servers.tools import NoServer

__all__ = ["NoServer", "Postgres", "Rabbit", "another_postgres", "postgres", "rabbitmq"]
