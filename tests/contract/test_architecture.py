"""The architecture, where imports alone cannot show it: sizes, names, places and what must not be said."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ("crm.py", "ops", "shared/servicekit", "services", "gateway/gateway")
MAX_FILE, MAX_FUNCTION = 400, 50
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "service", "handlers", "tasks"}
SERVICES = ("customers", "cases", "orders", "notifications")
AT_SERVICE_LEVEL = {"__init__.py", "app.py", "base.py", "settings.py", "migrations", "py.typed"}
BELOW_ENTRY_POINTS = {"actions", "rules", "queries", "models", "schemas", "listing", "titles", "payloads", "events"}


def sources(*roots: str) -> Iterator[Path]:
    for root in roots:
        path = ROOT / root
        found = [path] if path.is_file() else sorted(path.rglob("*.py"))
        yield from (one for one in found if not {"node_modules", "__pycache__", ".venv"} & set(one.parts))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", list(sources(*SHIPPED, "tests")), ids=named)
def test_no_file_is_longer_than_400_lines_and_no_function_than_50(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_FILE
    if path.is_relative_to(ROOT / "tests"):
        return  # a test may be as long as what it shows
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "migrations" not in path.parts:
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", list(sources(*SHIPPED)), ids=named)
def test_every_module_opens_with_one_sentence_and_has_a_name_that_says_something(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "say in one sentence what it is for"
    assert path.stem not in FORBIDDEN_NAMES or path == ROOT / "shared" / "servicekit" / "service.py"


def subdomains_of(package: Path) -> set[str]:
    """The packages that bring modules of a sub-domain, by their dotted names (`workflows.items`)."""
    found = {path.parent for path in package.rglob("*.py") if path.stem in {"views", "actions", "queries", "consumers"}}
    return {".".join(one.relative_to(package).parts) for one in found}


@pytest.mark.parametrize("service", SERVICES)
def test_beside_its_sub_domains_a_service_has_nothing_but_app_base_settings_and_migrations(service: str) -> None:
    package = ROOT / "services" / service / service
    outermost = {one.partition(".")[0] for one in subdomains_of(package)}
    assert {one.name for one in package.iterdir()} - {"__pycache__"} == AT_SERVICE_LEVEL | outermost
    assert (package / "migrations" / "env.py").exists()


@pytest.mark.parametrize("service", SERVICES)
def test_the_app_names_every_sub_domain_and_the_projections_first(service: str) -> None:
    package = ROOT / "services" / service / service
    tree = ast.parse((package / "app.py").read_text(encoding="utf-8"))
    [call] = [
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "load_subdomains"
    ]
    names = [one.value for one in call.args if isinstance(one, ast.Constant)]
    assert names[:2] == [service, "projections"]
    assert set(names[1:]) == subdomains_of(package)


@pytest.mark.parametrize("service", SERVICES)
def test_every_sub_domain_stands_in_an_exhaustive_contract(service: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    exhaustive = {name for one in contracts if one.get("exhaustive") for name in one["containers"]}
    package = ROOT / "services" / service / service
    assert {f"{service}.{one}" for one in subdomains_of(package)} <= exhaustive


@pytest.mark.parametrize(
    "path", [p for p in sources("services", "gateway/gateway") if p.stem in BELOW_ENTRY_POINTS], ids=named
)
def test_below_the_entry_points_nothing_commits_and_nothing_reads_the_clock(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for forbidden in (".commit(", "datetime.now(", "utcnow(", "utc_now(", "time.time("):
        assert forbidden not in text, f"{named(path)} says {forbidden}"


def test_nothing_reads_from_the_database_behind_an_attribute() -> None:
    found = [named(one) for one in sources("services", "gateway/gateway") if "object_session" in one.read_text("utf-8")]
    assert not found, "a query loads what an answer shows"


PACKAGES = {
    "servicekit": ROOT / "shared" / "servicekit",
    "ops": ROOT / "ops",
    "gateway": ROOT / "gateway" / "gateway",
    **{service: ROOT / "services" / service / service for service in SERVICES},
}


@pytest.mark.parametrize("package", PACKAGES)
def test_unit_tests_stand_where_what_they_test_stands(package: str) -> None:
    tests = ROOT / "tests" / "unit" / package
    folders = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")}
    strangers = [str(one) for one in sorted(folders) if not (PACKAGES[package] / one).is_dir()]
    assert not strangers, f"{named(PACKAGES[package])} has no such folders"


def test_nothing_unfinished_is_left() -> None:
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplemented(Error)?)\b")
    found = [named(path) for path in sources(*SHIPPED) if unfinished.search(path.read_text(encoding="utf-8"))]
    assert not found


def test_no_template_carries_style_or_script_of_its_own() -> None:
    for path in (ROOT / "gateway" / "gateway").rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=|hx-on|<script(?![^>]*\ssrc=)", text), named(path)
        assert not re.search(r"\|\s*safe\b", text), (
            f"{named(path)}: only cleaned HTML may be shown as it is, and that is Markup already"
        )
