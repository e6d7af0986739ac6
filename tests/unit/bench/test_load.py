"""The load generator reads answers that arrive in pieces, and tells when they are not what was wanted."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.accounting import Trees
from tests.bench.driving import GENERATOR, Load, LoadFailed, put_on, request
from tests.bench.load import Answer, LoadError


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path}).encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Not into the tests' output."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A load that ends in the middle leaves connections behind; that is no error of this server."""


@pytest.fixture
def port() -> Iterator[int]:
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def nothing() -> Iterator[Trees]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield Trees({"nothing": process.pid})
        process.communicate(b"\n")


def test_an_answer_is_complete_with_its_last_byte() -> None:
    answer = Answer()
    pieces = (b"HTTP/1.1 201 CREATED\r\nContent-", b"Length: 5\r\n\r", b"\nhel", b"lo")
    assert [answer.take(piece) for piece in pieces] == [False, False, False, True]
    assert answer.status == 201


def test_an_answer_without_content_is_complete_with_its_head() -> None:
    assert Answer().take(b"HTTP/1.1 204 NO CONTENT\r\nServer: x\r\n\r\n")


def test_an_answer_whose_end_cannot_be_known_is_refused() -> None:
    with pytest.raises(LoadError):
        Answer().take(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


def test_every_answer_is_counted_once(port: int, nothing: Trees) -> None:
    load = Load(port=port, requests=[request("GET", f"/{n}", port=port) for n in range(3)], concurrency=2)
    run = put_on(load, seconds=0.2, warm_seconds=0.05, system=nothing)
    assert run.answers == len(run.delays) > 0
    assert run.warm_answers > 0
    assert run.p50_ms <= run.p95_ms <= run.p99_ms


def test_a_paced_load_sends_as_many_as_were_asked_for(port: int, nothing: Trees) -> None:
    load = Load(port=port, requests=[request("GET", "/", port=port)], rate=100)
    assert put_on(load, seconds=0.3, warm_seconds=0.1, system=nothing).answers == 30


def test_a_wrong_status_fails_the_measurement(port: int, nothing: Trees) -> None:
    with pytest.raises(LoadFailed, match=r"wanted 200, got HTTP/1\.1 404"):
        put_on(
            Load(port=port, requests=[request("GET", "/missing", port=port)]),
            seconds=0.1,
            warm_seconds=0.1,
            system=nothing,
        )


def test_a_request_that_may_go_once_goes_once(port: int, nothing: Trees) -> None:
    load = Load(port=port, requests=[request("GET", "/", port=port)] * 20, once=True)
    with pytest.raises(LoadFailed, match="20 requests were not enough"):
        put_on(load, seconds=5, warm_seconds=5, system=nothing)


def test_the_generator_needs_nothing_but_the_standard_library() -> None:
    code = f"import runpy, sys; runpy.run_path({str(GENERATOR)!r}); print('flask' in sys.modules)"
    said = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"
