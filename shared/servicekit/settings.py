"""Settings from the environment; a name with _FILE appended names a file that holds the value."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

KNOWN_SECRETS = frozenset({"changeme", "secret", "password", "admin", "guest", "default", "test"})
SECRET_BYTES = 32


class BadSettings(Exception):
    """A setting is missing or cannot be; the text names it and the fix."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What every service needs to know; a service with more has a subclass whose fields carry `metadata={'env': …}`."""

    service: str
    database_url: str = field(metadata={"env": "CRM_DATABASE_URL"})
    bus_url: str = field(metadata={"env": "CRM_BUS_URL"})
    identity_keys: str = field(metadata={"env": "CRM_IDENTITY_KEYS"})
    cursor_secret: str = field(metadata={"env": "CRM_CURSOR_SECRET", "secret": True})
    environment: str = field(default="production", metadata={"env": "CRM_ENV"})
    log_format: str = field(default="json", metadata={"env": "CRM_LOG_FORMAT"})
    public_url: str = field(default="http://127.0.0.1:8080", metadata={"env": "CRM_PUBLIC_URL"})

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None, **fixed: Any) -> Self:
        """Read and check all of them; raises BadSettings that names the first one that is wrong."""
        source = _with_files(os.environ if environ is None else environ)
        values: dict[str, Any] = dict(fixed)
        for known in fields(cls):
            name = known.metadata.get("env")
            if name is None or known.name in values or name not in source:
                continue
            values[known.name] = _read(source, name, known.type)
        missing = [
            f.metadata["env"] for f in fields(cls) if "env" in f.metadata and _is_required(f) and f.name not in values
        ]
        if missing:
            raise BadSettings(f"Set {' and '.join(missing)}: `python3 crm.py init` writes them into .env.")
        for known in fields(cls):
            if known.metadata.get("secret"):
                check_secret(known.metadata["env"], values[known.name])
        return cls(**values)


def check_secret(name: str, value: str) -> None:
    """Refuse a known default or one shorter than 32 bytes (SECURITY, threat 17)."""
    if value.lower() in KNOWN_SECRETS or len(value.encode()) < SECRET_BYTES:
        raise BadSettings(
            f"{name} is a known default or shorter than 32 bytes: `python3 crm.py init` makes a random one."
        )


def check_time_zone(name: str, value: str) -> None:
    """Refuse at the start what would fail when the first time is written."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSettings(f"{name}={value!r} is not a zone such as Europe/Berlin.") from error


def _is_required(known: Any) -> bool:
    return known.default is known.default_factory  # both MISSING


def _with_files(environ: Mapping[str, str]) -> dict[str, str]:
    values = dict(environ)
    for name, path in environ.items():
        if name.startswith("CRM_") and name.endswith("_FILE") and name[:-5] not in environ:
            try:
                values[name[:-5]] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise BadSettings(f"{name} names {path}, which cannot be read: {error.strerror}.") from error
    return values


def _read(source: Mapping[str, str], name: str, kind: Any) -> Any:
    text = source[name]
    try:
        return _READERS.get(kind, str)(text)
    except (ValueError, KeyError) as error:
        raise BadSettings(f"{name}={text!r} is not {'yes or no' if kind is bool else f'a {kind.__name__}'}.") from error


_BOOLEANS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
    "": False,
}
_READERS: dict[Any, Callable[[str], Any]] = {bool: lambda text: _BOOLEANS[text.lower()], int: int, float: float}
