"""The parts of a composed answer: fetched from the services at the same time; one that is missing is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from gateway.http import upstreams
from gateway.http.upstreams import UpstreamResponse
from servicekit.auth import Principal
from servicekit.errors import Unavailable
from servicekit.http.schemas import Schema

NOT_FOUND = 404
FORBIDDEN = (401, 403)

# None where the caller lacks the permission, so that the part was not asked for.
Fetched = UpstreamResponse | Unavailable | None


class Part(Schema):
    """One part: `ok` with its data, `unavailable` when its service is down, `denied` without the permission."""

    status = fields.String(required=True, validate=validate.OneOf(["ok", "unavailable", "denied"]))
    data = fields.Raw(required=True, allow_none=True)


@dataclass(frozen=True, kw_only=True)
class PartRequest:
    """Where a part comes from, and the permission without which it is not asked for."""

    service: str
    path: str
    needs: str
    params: Mapping[str, Any] | None = None


def fetch_parts(principal: Principal, requests: Mapping[str, PartRequest]) -> dict[str, Fetched]:
    """All that this caller may ask for, at the same time; None where a permission is missing."""
    allowed = {name: one for name, one in requests.items() if principal.can(one.needs)}
    fetched = upstreams.parallel({name: _task(principal, one) for name, one in allowed.items()})
    return {name: fetched.get(name) for name in requests}


def compose(fetched: Mapping[str, Fetched]) -> dict[str, Any]:
    """The answer; `complete` says whether every service could be reached."""
    parts = {name: _part(one) for name, one in fetched.items()}
    return {"complete": all(part["status"] != "unavailable" for part in parts.values()), **parts}


def _task(principal: Principal, part: PartRequest) -> Callable[[], UpstreamResponse | Unavailable]:
    def run() -> UpstreamResponse | Unavailable:
        try:
            return upstreams.call(principal, part.service, "GET", part.path, params=part.params)
        except Unavailable as error:
            return error

    return run


def _part(fetched: Fetched) -> dict[str, Any]:
    if fetched is None or (isinstance(fetched, UpstreamResponse) and fetched.status in FORBIDDEN):
        return {"status": "denied", "data": None}
    if isinstance(fetched, Unavailable):
        return {"status": "unavailable", "data": None}
    if fetched.is_ok:
        return {"status": "ok", "data": fetched.data}
    return {"status": "ok" if fetched.status == NOT_FOUND else "unavailable", "data": None}
