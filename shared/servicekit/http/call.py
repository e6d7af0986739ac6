"""One request as a view sees it: who asks, what was sent, and the transaction it runs in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from servicekit.actor import Actor
from servicekit.auth import Principal
from servicekit.errors import PreconditionFailed, PreconditionRequired
from servicekit.http.routes import Operation
from servicekit.service import Service


def etag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


@dataclass(kw_only=True)
class Call:
    """One request, as a view sees it: everything checked, inside one transaction."""

    session: Session
    principal: Principal
    now: datetime
    body: dict[str, Any]
    query: dict[str, Any]
    service: Service
    request_id: str
    operation: Operation
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        """Who asks, as actions want to know it."""
        return Actor.of(self.principal, now=self.now, cause=self.request_id)

    @property
    def settings(self) -> Any:
        """The service's settings."""
        return self.service.settings

    def check_version(self, entity: Any) -> None:
        """Compare If-Match with what is stored: 412 when it moved on, 428 when required and absent."""
        wanted = request.headers.get("If-Match")
        if wanted is None:
            if self.operation.if_match == "required":
                raise PreconditionRequired(f'Send If-Match: "{entity.version}" if that is the version you have seen.')
            return
        if wanted.strip() != "*" and etag(entity.version) not in [
            part.strip().removeprefix("W/") for part in wanted.split(",")
        ]:
            error = PreconditionFailed(f"You have seen {wanted}; it is now {etag(entity.version)}. Read it again.")
            error.headers["ETag"] = etag(entity.version)
            raise error
