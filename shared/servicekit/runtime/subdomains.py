"""Sub-domains: what each brings to its service, found in the modules that every sub-domain names alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from servicekit.http.routes import Routes
from servicekit.jobs import Jobs
from servicekit.messaging.consumers import Consumers
from servicekit.messaging.events import Event


@dataclass(frozen=True, kw_only=True)
class Subdomain:
    """The entry points of one sub-domain, and the events that it publishes."""

    routes: Sequence[Routes] = ()
    consumers: Consumers = field(default_factory=Consumers)
    jobs: Jobs = field(default_factory=Jobs)
    published: Sequence[type[Event]] = ()


def load_subdomains(package: str, *names: str) -> list[Subdomain]:
    """Each in turn: every `Routes` of its `views`, and `consumers`, `jobs` and `PUBLISHED` of the modules so named.

    Modules that a sub-domain lacks are left out. The order is the order in which consumers of one event run.
    """
    return [_load(f"{package}.{name}") for name in names]


def _load(path: str) -> Subdomain:
    import_module(path)  # says at once where a name is misspelt
    views, consumers, jobs, events = (_module(f"{path}.{name}") for name in ("views", "consumers", "jobs", "events"))
    return Subdomain(
        routes=[one for one in vars(views).values() if isinstance(one, Routes)] if views else (),
        consumers=consumers.consumers if consumers else Consumers(),
        jobs=jobs.jobs if jobs else Jobs(),
        published=events.PUBLISHED if events else (),
    )


def _module(path: str) -> ModuleType | None:
    return import_module(path) if find_spec(path) else None
