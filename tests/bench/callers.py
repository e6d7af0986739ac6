"""Who asks: the administrator with an access token at the gateway, and an identity that one service believes."""

from __future__ import annotations

from ops.api import Api
from servicekit.auth import Kind, Minter, Principal, Scope
from tests.stacks import Stack

ANYBODY = Principal(
    id="usr_bench",
    kind=Kind.USER,
    name="Bench",
    permissions=frozenset({"*"}),
    scope=Scope.ALL,
    roles=("administrator",),
)


def token(stack: Stack) -> str:
    """An access token of the first administrator."""
    login = {"email": stack.admin_email, "password": stack.admin_password}
    return str(Api(stack.url).post("/auth/tokens", login)["access_token"])


def identity(stack: Stack, service: str) -> str:
    """What the gateway would show this service; good for two minutes."""
    return Minter.from_file(str(stack.installation.data.signing_key)).mint(ANYBODY, service)
