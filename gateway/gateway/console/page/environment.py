"""The template environment: each section's templates under its name, formatters as filters, components as globals."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import current_app, request, url_for
from jinja2 import ChainableUndefined, Environment, FileSystemLoader, PrefixLoader, nodes
from markupsafe import Markup

from gateway.console.page import csrf, formatters, htmx, staff
from gateway.console.page.current_user import can
from gateway.console.page.sections import Section, current_console

TEMPLATES: Final = Path(__file__).with_name("templates")
STATIC: Final = Path(__file__).parent.parent / "static"
# Each may use those before it.
COMPONENTS: Final = ("ui", "states", "forms", "tables", "actions")
FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "humanize": formatters.humanize,
    "markdown": formatters.markdown,
    "money": formatters.money,
    "amounts": formatters.amounts,
    "number": formatters.number,
    "percent": formatters.percent,
    "when": formatters.when,
    "clock": formatters.clock,
    "full_time": formatters.full,
    "day": formatters.day,
    "due": formatters.due,
    "initials": formatters.initials,
    "hue": formatters.hue,
    "plural": formatters.plural,
    "web_url": formatters.web_url,
    "web_name": formatters.web_name,
    "staff_name": staff.name_of,
}


def environment() -> Environment:
    """The environment of the current application; those with the same sections share one, and what it compiled."""
    return _make_environment(current_console().sections, auto_reload=current_app.debug)


@cache
def _make_environment(sections: tuple[Section, ...], *, auto_reload: bool) -> Environment:
    """Components are globals, so that a single block can be rendered without its page."""
    folders = {one.name: one.templates for one in sections if one.templates}
    env = Environment(
        loader=PrefixLoader(
            {name: FileSystemLoader(folder) for name, folder in {"page": TEMPLATES, **folders}.items()}
        ),
        autoescape=True,
        auto_reload=auto_reload,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(
        asset=asset,
        htmx_config=htmx.CONFIG,
        csrf_token=csrf.csrf_token,
        form_key=form_key,
        path=lambda: request.path,
        args=lambda: request.args,
        full_path=lambda: request.full_path.rstrip("?"),
        can=can,
        status_style=lambda kind, key: current_console().status_style(kind, key),
    )
    env.filters.update(FILTERS)
    env.tests["positive_money"] = formatters.is_positive_money
    for one in sections:
        env.filters.update(one.filters)
        env.tests.update(one.tests)
    for name in COMPONENTS:
        env.globals[name] = env.get_template(f"page/macros/{name}.html").module
    return env


def macro(template: str, name: str, *arguments: Any, **more: Any) -> Markup:
    """What a macro of a template makes of these arguments, for values that Python puts on a page."""
    made: Markup = getattr(environment().get_template(template).module, name)(*arguments, **more)
    return made


def lineage(template: str) -> list[str]:
    """The template and those that it extends, itself first."""
    return _lineage(environment(), template)


@cache
def _lineage(env: Environment, template: str) -> list[str]:
    names = [template]
    while parent := _parent(env, names[-1]):
        names.append(parent)
    return names


def _parent(env: Environment, name: str) -> str:
    assert env.loader  # noqa: S101 - it is made above
    source, _, _ = env.loader.get_source(env, name)
    extends = env.parse(source).find(nodes.Extends)
    return extends.template.value if extends and isinstance(extends.template, nodes.Const) else ""


def form_key() -> str:
    """A new key for one form: sent twice it is still one write."""
    return secrets.token_urlsafe(12)


@cache
def asset(name: str) -> str:
    """The address of a static file, changed whenever its content is."""
    file = STATIC / name
    version = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"
    return url_for("console.static", filename=name, v=version)
