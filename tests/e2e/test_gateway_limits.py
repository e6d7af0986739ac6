"""The gateway stands in front of strangers: what a few of them can do to the others."""

import socket

import pytest
import requests

from tests.stacks import Stack

SILENT = 30


@pytest.mark.parametrize(
    "begun",
    [b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST /api/v1/forms/x/submissions HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"],
)
def test_many_silent_connections_do_not_keep_others_out(stack: Stack, begun: bytes) -> None:
    held = [socket.create_connection(("127.0.0.1", stack.installation.ports["gateway"])) for _ in range(SILENT)]
    try:
        for one in held:
            one.sendall(begun)
        assert requests.get(f"{stack.url}/livez", timeout=60).status_code == 200
    finally:
        for one in held:
            one.close()


def test_many_who_ask_for_what_does_not_exist_do_not_make_the_others_wait(stack: Stack) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def ask(_: int) -> int:
        return stack.api._session.get(f"{stack.api.url}/api/v1/customers/cus_nobody/balance", timeout=60).status_code

    with ThreadPoolExecutor(30) as crowd:
        asked = [crowd.submit(ask, number) for number in range(60)]
        assert requests.get(f"{stack.url}/livez", timeout=20).status_code == 200
        assert {one.result() for one in asked} == {404}
