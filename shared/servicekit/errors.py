"""Errors have a kind: what HTTP answers and what the bus does follows from the class, not from who raised it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One wrong field: `pointer` is a JSON pointer into the body, or the name of a query parameter."""

    pointer: str
    code: str
    detail: str


class Error(Exception):
    """Base of every error that a caller can act on; `detail` is one sentence for a human."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    code: ClassVar[str] = "error"

    def __init_subclass__(cls) -> None:
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, detail: str = "", *, fields: Sequence[FieldError] = (), **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.fields = tuple(fields)
        self.extra = extra
        self.headers: dict[str, str] = {}


class Malformed(Error):
    """The request cannot be read."""

    status = 400
    title = "The request cannot be read"


class Unauthenticated(Error):
    """Nobody, or nobody we know, is asking."""

    status = 401
    title = "Log in first"


class Forbidden(Error):
    """The caller may know of it and may not do it."""

    status = 403
    title = "You may not do this"


class NotFound(Error):
    """It does not exist, or the caller may not know that it does."""

    status = 404
    title = "Not found"


class Conflict(Error):
    """The state of the thing forbids it."""

    status = 409
    title = "Not possible in this state"


class PreconditionFailed(Error):
    """Somebody changed it since the caller read it."""

    status = 412
    title = "It has changed since you read it"


class TooLarge(Error):
    """More than this route takes."""

    status = 413
    title = "Too large"


class UnsupportedMedia(Error):
    """A content type that this route does not read."""

    status = 415
    title = "This content type is not read here"


class Invalid(Error):
    """The request reads well and says something that cannot be."""

    status = 422
    title = "Some fields are wrong"


class PreconditionRequired(Error):
    """The caller must say which version it has seen."""

    status = 428
    title = "Send If-Match with the version that you have seen"


class TooMany(Error):
    """More requests than the limit."""

    status = 429
    title = "Too many requests"


class Unavailable(Error):
    """Something this needs is down: the same request later will work. On the bus: tried again."""

    status = 503
    title = "Not available right now"

    def __init__(
        self, detail: str = "", *, retry_after: int = 2, fields: Sequence[FieldError] = (), **extra: Any
    ) -> None:
        super().__init__(detail, fields=fields, **extra)
        self.headers["Retry-After"] = str(retry_after)


class NotYet(Unavailable):
    """The event that makes this id known here has not arrived yet; it will."""


def one_field(pointer: str, code: str, detail: str) -> Invalid:
    """The frequent case: one wrong field."""
    return Invalid(detail, fields=[FieldError(pointer=pointer, code=code, detail=detail)])
