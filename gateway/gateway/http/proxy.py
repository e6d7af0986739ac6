"""The API proxy: forwards what the routing table knows, with a fresh identity, within limits; it reads no payload."""

import re
from collections.abc import Iterator
from typing import Final

import urllib3
from flask import Flask, Response, g, request
from urllib3.exceptions import HTTPError
from werkzeug.exceptions import NotFound

from gateway.http import authentication, upstreams
from gateway.http.routing import Route, RoutingTable
from gateway.http.upstreams import StreamedResponse, UpstreamRequest
from servicekit.auth import Principal
from servicekit.errors import Malformed, TooLarge, Unavailable

JSON_LIMIT: Final = 1024 * 1024
BODY_LIMIT: Final = 25 * 1024 * 1024
WHOLE_LIMIT: Final = 256 * 1024
CHUNK: Final = 64 * 1024
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SMALL_TYPES: Final = ("json", "x-www-form-urlencoded")

HOP_BY_HOP: Final = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
        "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
# What a caller says about itself is never passed on: the signed identity says who it is, the gateway which request.
NOT_FORWARDED: Final = HOP_BY_HOP | {
    "authorization", "cookie", "host", "content-length", "expect", "forwarded", "x-real-ip", "x-request-id",
    "accept-encoding", "traceparent", "tracestate",
}  # fmt: skip
SPOOFABLE: Final = ("x-user-", "x-forwarded-")
NOT_RETURNED: Final = HOP_BY_HOP | {"server", "date", "x-request-id", "content-length", "set-cookie"}

_TRICKS: Final = re.compile(r"%2f|%5c|%00|\\|//|/\.{1,2}(/|$)|%2e", re.IGNORECASE)
_TRACEPARENT: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\Z")


def install_proxy(app: Flask, table: RoutingTable) -> None:
    """Everything under /api/v1 that the gateway does not answer itself."""

    def forward_any(rest: str = "") -> Response:  # noqa: ARG001 - the raw path is read instead
        return forward(table)

    for rule, endpoint in (("/api/v1/", "proxy_root"), ("/api/v1/<path:rest>", "proxy")):
        app.add_url_rule(rule, endpoint, forward_any, methods=METHODS, provide_automatic_options=False)

    @app.before_request
    def set_forwarded_headers() -> None:
        given = request.headers.get("traceparent", "")
        trace = {"traceparent": given} if _TRACEPARENT.match(given) else {}
        upstreams.forwarded_headers.set({"X-Request-Id": g.request_id, **trace})


def forward(table: RoutingTable) -> Response:
    """One request: route, caller, body within limits, answer as the service gave it."""
    target = _safe_target()
    route = table.find(request.path, request.method)
    if route.service == "gateway":  # its own routes were matched before this one
        raise NotFound
    principal = authentication.authenticate(is_public=route.is_public)
    body = _body(_limit())
    headers = _headers(principal, route)
    if body is not None and not isinstance(body, bytes) and request.content_length is not None:
        headers["Content-Length"] = str(request.content_length)
    sent = UpstreamRequest(method=request.method, target=target, headers=headers, body=body, may_wait=True)
    return _answer(upstreams.of_this_app()[route.service].send(sent), route)


def _safe_target() -> str:
    """Path and query as the client wrote them; refuses what two readers could read in two ways."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
    path, mark, query = raw.partition("?")
    if _TRICKS.search(path) or not path.startswith("/"):
        raise Malformed("This path cannot be read in one way only.")
    return f"{path}{mark}{query}"


def _headers(principal: Principal, route: Route) -> urllib3.HTTPHeaderDict:
    named = {name.strip().lower() for name in request.headers.get("Connection", "").split(",")}
    headers = urllib3.HTTPHeaderDict(upstreams.forwarded_headers.get())
    for name, value in request.headers.items():
        lower = name.lower()
        if lower not in NOT_FORWARDED and lower not in named and not lower.startswith(SPOOFABLE):
            headers.add(name, value)
    headers["Authorization"] = f"Bearer {upstreams.of_this_app().identity(principal, route.service)}"
    headers["Accept-Encoding"] = "identity"
    return headers


def _limit() -> int:
    limit = JSON_LIMIT if any(one in request.mimetype for one in SMALL_TYPES) else BODY_LIMIT
    if (request.content_length or 0) > limit:
        raise TooLarge(f"The body has {request.content_length} bytes; at most {limit} are taken.")
    return limit


def _body(limit: int) -> bytes | Iterator[bytes] | None:
    """Small bodies whole, so that they can be sent again; large ones and those of unknown length piece by piece."""
    request.max_content_length = limit
    length = request.content_length
    if length is None and "chunked" not in request.headers.get("Transfer-Encoding", ""):
        return None
    if limit == JSON_LIMIT or (length is not None and length <= JSON_LIMIT):
        return request.get_data(cache=False)
    return _pieces(limit)


def _pieces(limit: int) -> Iterator[bytes]:
    taken = 0
    while piece := request.stream.read(CHUNK):
        taken += len(piece)
        if taken > limit:
            raise TooLarge(f"The body is larger than {limit} bytes.")
        yield piece


def _answer(streamed: StreamedResponse, route: Route) -> Response:
    received = streamed.raw
    named = {name.strip().lower() for name in received.headers.get("Connection", "").split(",")}
    length = received.headers.get("Content-Length", "")
    is_small = not length.isdigit() or int(length) <= WHOLE_LIMIT
    if request.method == "HEAD" or (is_small and "chunked" not in received.headers.get("Transfer-Encoding", "")):
        answer = Response(_whole(streamed, route), status=received.status)
    else:
        answer = Response(streamed.chunks(CHUNK), status=received.status)
        answer.call_on_close(streamed.close)
    answer.headers.clear()
    for name, value in received.headers.items():
        if name.lower() not in NOT_RETURNED and name.lower() not in named:
            answer.headers.add(name, value)
    if length:
        answer.headers["Content-Length"] = length
    return answer


def _whole(streamed: StreamedResponse, route: Route) -> bytes:
    try:
        return streamed.read()
    except HTTPError as error:
        raise Unavailable(f"The {route.service} service broke off its answer.", service=route.service) from error
