"""The house as HOUSE rules have it: what imports cannot show is counted here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = ("crm.py", "ops", "shared/servicekit", "services", "gateway/gateway")
MAX_FILE, MAX_FUNCTION = 400, 50
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "service", "handlers", "tasks"}


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
        return  # a test is as long as what it follows from beginning to end
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "migrations" not in path.parts:
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", list(sources(*SHIPPED)), ids=named)
def test_every_module_opens_with_one_sentence_and_has_a_name_that_says_something(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "say in one sentence what it is for"
    assert path.stem not in FORBIDDEN_NAMES or path == ROOT / "shared" / "servicekit" / "service.py"


@pytest.mark.parametrize("service", ["customers", "cases", "orders", "notifications"])
def test_every_service_has_the_same_modules(service: str) -> None:
    package = ROOT / "services" / service / service
    for needed in ("__init__", "app", "settings", "base"):
        assert (package / f"{needed}.py").exists(), f"{service} has no {needed}.py"
    assert (package / "migrations" / "env.py").exists()
    subdomains = [one for one in package.iterdir() if one.is_dir() and (one / "models.py").exists()]
    assert len(subdomains) >= 2
    for one in subdomains:
        assert (one / "__init__.py").read_text().strip(), f"{one.name} does not say what it is"


@pytest.mark.parametrize(
    "path",
    [p for p in sources("services", "gateway/gateway") if p.stem in {"actions", "rules", "queries", "models"}],
    ids=named,
)
def test_below_the_entry_points_nothing_commits_and_nothing_reads_the_clock(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for forbidden in (".commit(", "datetime.now(", "utcnow(", "utc_now(", "time.time("):
        assert forbidden not in text, f"{named(path)} says {forbidden}"


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
