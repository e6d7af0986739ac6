"""The gateway's client for the services: one small pool each, an identity minted for each, and bounds on everything.

For the console and the compositions:

    response = upstreams.call(principal, "cases", "GET", "/api/v1/cases", params={"limit": 5})
    response.status, response.headers["ETag"], response.data
    responses = upstreams.parallel({"cases": lambda: upstreams.call(…), "orders": lambda: upstreams.call(…)})

A service that is down raises Unavailable, which names it; every other response, refusals too, is returned as it is.
"""

import contextvars
import json as json_module
import math
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

import urllib3
from flask import current_app
from requests import PreparedRequest, RequestException
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NotConnected
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import HTTPError, NewConnectionError

from servicekit.auth import Minter, Principal
from servicekit.circuit_breaker import CircuitBreaker
from servicekit.errors import Unavailable

CONNECT_SECONDS = 1.0
READ_SECONDS = 15.0
QUEUE_SECONDS = 0.5
MAX_TRIES = 3
# Tries after this would make a slow failure slower: the total stays bounded.
RETRY_WITHIN_SECONDS = 1.0
# A service that answered a moment ago and is gone is, most of the time, being started again: a few requests wait.
RESTART_SECONDS = 10.0
MAX_WAITING_FOR_RESTART = 6
_PAUSES = (0.05, 0.15)
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_RETRIED_STATUSES = frozenset({502, 503, 504})
_NO_ANSWER = frozenset({502, 504})

T = TypeVar("T")

# Request id and traceparent of the request being served, for every call made on its behalf.
forwarded_headers: ContextVar[Mapping[str, str]] = ContextVar("forwarded_headers", default={})  # noqa: B039 - never changed in place


@dataclass(frozen=True, kw_only=True)
class UpstreamRequest:
    """One request to a service; a body that is an iterator can be sent only once."""

    method: str
    target: str
    headers: urllib3.HTTPHeaderDict
    body: bytes | Iterable[bytes] | None = None
    read_seconds: float = READ_SECONDS
    may_wait: bool = False
    """For a service that restarts. Pages and compositions do not: they show at once what there is."""

    @property
    def is_repeatable(self) -> bool:
        """May it be sent twice without having its effect twice?"""
        if self.body is not None and not isinstance(self.body, bytes):
            return False
        return self.method in _REPEATABLE or "Idempotency-Key" in self.headers


@dataclass(frozen=True, kw_only=True)
class UpstreamResponse:
    """The response of a service, read whole; `data` is its JSON, or None where it sent none."""

    status: int
    headers: Mapping[str, str]
    data: Any

    @property
    def is_ok(self) -> bool:
        """Did it do what was asked?"""
        return self.status < 400  # noqa: PLR2004 - where refusals begin


class StreamedResponse:
    """A response whose body is still on its way; `close` returns its connection and its slot."""

    def __init__(self, response: urllib3.BaseHTTPResponse, slots: threading.BoundedSemaphore) -> None:
        self.raw = response
        self._slots: threading.BoundedSemaphore | None = slots

    def read(self) -> bytes:
        """All of it."""
        try:
            return self.raw.read()
        finally:
            self.close()

    def chunks(self, size: int = 65_536) -> Iterator[bytes]:
        """Piece by piece."""
        try:
            yield from self.raw.stream(size)
        finally:
            self.close()

    def close(self) -> None:
        """The second time does nothing."""
        slots, self._slots = self._slots, None
        if slots is not None:
            # An unread rest would come before the next answer on this connection: close, then give it back.
            self.raw.close()
            self.raw.release_conn()
            slots.release()


class Upstream:
    """One service."""

    def __init__(self, name: str, url: str, *, concurrency: int) -> None:
        self.name = name
        self.breaker = CircuitBreaker()
        self._url = url.rstrip("/")
        self._slots = threading.BoundedSemaphore(concurrency)
        self._concurrency = concurrency
        self._restart_slots = threading.BoundedSemaphore(MAX_WAITING_FOR_RESTART)
        self._adapters: dict[int, HTTPAdapter] = {}

    def send(self, request: UpstreamRequest) -> StreamedResponse:
        """Its answer, with the body still unread. Raises Unavailable when it is down, too slow or too busy."""
        if not self._slots.acquire(timeout=QUEUE_SECONDS):
            raise self._unavailable("has too much to do")
        try:
            return StreamedResponse(self._send_with_retries(request), self._slots)
        except BaseException:
            self._slots.release()
            raise

    def _send_with_retries(self, request: UpstreamRequest) -> urllib3.BaseHTTPResponse:
        may_wait = request.may_wait and self.breaker.has_just_answered
        with _Tries(request, self._restart_slots if may_wait else None) as tries:
            while True:
                try:
                    response = self._send_once(request)
                except RequestException as error:
                    was_sent = not _is_unsent(error)
                    if not tries.may_follow(was_sent=was_sent):
                        self.breaker.failed()
                        raise self._unavailable("did not answer" if was_sent else "cannot be reached") from error
                else:
                    if response.status not in _RETRIED_STATUSES or not tries.may_follow(was_sent=True):
                        return response
                    response.close()

    def _send_once(self, request: UpstreamRequest) -> urllib3.BaseHTTPResponse:
        if not self.breaker.may_pass():
            raise self._unavailable("is down")
        try:
            answer = self._adapter().send(
                _prepared(request, self._url + request.target),
                stream=True,
                timeout=(CONNECT_SECONDS, request.read_seconds),
            )
        except BaseException:
            self.breaker.gave_up()  # it counts when the request gives up; the caller's own body may have broken off
            raise
        response: urllib3.BaseHTTPResponse = answer.raw
        if response.status in _NO_ANSWER:
            self.breaker.failed()
        else:
            self.breaker.succeeded()
        return response

    def _adapter(self) -> HTTPAdapter:
        # Made at the first use in each process: a connection must not be shared across a fork.
        pid = os.getpid()
        adapter = self._adapters.get(pid)
        if adapter is None:
            adapter = HTTPAdapter(pool_connections=1, pool_maxsize=self._concurrency, max_retries=0)
            self._adapters = {pid: adapter}
        return adapter

    def _unavailable(self, why: str) -> Unavailable:
        wait = max(1, math.ceil(self.breaker.seconds_left()))
        return Unavailable(
            f"The {self.name} service {why}. Try again in a moment.", retry_after=wait, service=self.name
        )


def _prepared(request: UpstreamRequest, url: str) -> PreparedRequest:
    """As it is to go out. A Session would add cookies, redirects and the environment's proxies, at twice the cost."""
    prepared = PreparedRequest()
    prepared.method, prepared.url, prepared.body = request.method, url, request.body  # type: ignore[assignment]
    if isinstance(request.body, bytes):
        request.headers["Content-Length"] = str(len(request.body))  # without it the body would go in chunks
    prepared.headers = request.headers  # type: ignore[assignment] # keeps duplicate headers, which requests' own kind would not
    return prepared


class _Tries:
    """How often and for how long one request is tried.

    What was never sent may be tried again by any method, and for as long as a service needs to be started again by
    a few: the others must not wait, for they would keep the gateway's threads.
    """

    def __init__(self, request: UpstreamRequest, restart_slots: threading.BoundedSemaphore | None) -> None:
        self._request, self._restart_slots = request, restart_slots
        self._has_slot = False
        self._count = 0
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._has_slot and self._restart_slots is not None:
            self._restart_slots.release()

    def may_follow(self, *, was_sent: bool) -> bool:
        """After a try without an answer: may there be another? Sleeps before it returns true."""
        self._count += 1
        spent = time.monotonic() - self._started
        is_early = self._count < MAX_TRIES and spent < RETRY_WITHIN_SECONDS
        if was_sent:
            may = is_early and self._request.is_repeatable
        else:
            is_whole = isinstance(self._request.body, bytes | None)
            may = is_whole and (is_early or (spent < RESTART_SECONDS and self._takes_slot()))
        if may:
            time.sleep(_PAUSES[min(self._count, len(_PAUSES)) - 1])
        return may

    def _takes_slot(self) -> bool:
        if not self._has_slot and self._restart_slots is not None:
            self._has_slot = self._restart_slots.acquire(blocking=False)
        return self._has_slot


def _is_unsent(error: RequestException) -> bool:
    """Did it fail before anything of the request was sent?"""
    if isinstance(error, ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    return isinstance(error, NotConnected) and isinstance(getattr(inner, "reason", None), NewConnectionError)


class Upstreams:
    """All services."""

    def __init__(self, urls: Mapping[str, str], minter: Minter, *, concurrency: int) -> None:
        self._minter = minter
        self._by_name = {name: Upstream(name, url, concurrency=concurrency) for name, url in urls.items()}
        self._workers: dict[int, ThreadPoolExecutor] = {}

    def __getitem__(self, name: str) -> Upstream:
        return self._by_name[name]

    def names(self) -> list[str]:
        """Of every service."""
        return list(self._by_name)

    def identity(self, principal: Principal, service: str) -> str:
        """The signed identity that this service believes."""
        return self._minter.mint(principal, service)

    def call(
        self,
        principal: Principal,
        service: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> UpstreamResponse:
        """One call, its answer read whole."""
        sent_headers = urllib3.HTTPHeaderDict({**forwarded_headers.get(), **(headers or {})})
        sent_headers["Authorization"] = f"Bearer {self.identity(principal, service)}"
        sent_headers["Accept-Encoding"] = "identity"
        body = None
        if json is not None:
            body = json_module.dumps(json).encode()
            sent_headers.setdefault("Content-Type", "application/json")
        given = {name: value for name, value in (params or {}).items() if value is not None}
        target = f"{path}?{urlencode(given, doseq=True)}" if given else path
        response = self[service].send(UpstreamRequest(method=method, target=target, headers=sent_headers, body=body))
        content = _read(response, self[service])
        received = response.raw.headers
        is_json = "json" in received.get("Content-Type", "")
        return UpstreamResponse(
            status=response.raw.status,
            headers=received,
            data=json_module.loads(content) if is_json and content else None,
        )

    def parallel(self, tasks: Mapping[str, Callable[[], T]]) -> dict[str, T]:
        """All at the same time; the first that raises is raised here, after all have ended."""
        started = {name: self._executor().submit(contextvars.copy_context().run, task) for name, task in tasks.items()}
        wait(started.values())
        return {name: future.result() for name, future in started.items()}

    def _executor(self) -> ThreadPoolExecutor:
        pid = os.getpid()
        workers = self._workers.get(pid)
        if workers is None:
            workers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="upstream")
            self._workers = {pid: workers}
        return workers


def call(
    principal: Principal,
    service: str,
    method: str,
    path: str,
    *,
    params: Mapping[str, Any] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
) -> UpstreamResponse:
    """Call one service on behalf of this caller; inside a request of the gateway."""
    return of_this_app().call(principal, service, method, path, params=params, json=json, headers=headers)


def parallel(tasks: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """Run several calls at the same time; inside a request of the gateway."""
    return of_this_app().parallel(tasks)


def of_this_app() -> Upstreams:
    """The running application's upstreams."""
    found: Upstreams = current_app.extensions["upstreams"]
    return found


def _read(response: StreamedResponse, upstream: Upstream) -> bytes:
    try:
        return response.read()
    except HTTPError as error:
        raise Unavailable(f"The {upstream.name} service broke off its answer.", service=upstream.name) from error
