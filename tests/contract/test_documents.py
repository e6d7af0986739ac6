"""What the documents point at: every path, link, name in a module and command of `crm.py` that they give is there."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

import crm

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
# Made by a set-up, a start or a build: no part of the repository.
MADE = {".git", ".venv", ".venv-dev", "node_modules", "var", "secrets", "__pycache__"}

FENCE = re.compile(r"^ *```")
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"(?:python3 |`)crm\.py ([a-z][a-z-]*)")
ENDINGS = "cfg|css|csv|html|in|js|json|lock|md|py|sh|svg|toml|txt|yml"
# With a folder, or with an ending that says that it is a file.
PATH = re.compile(rf"[\w.{{}},*<>-]+(?:/[\w.{{}},*<>-]+)+/?|[\w.{{}},*<>-]+/|[\w{{}},*<>-]+\.(?:{ENDINGS})")
DOTTED = re.compile(r"(?:servicekit|tests|ops)(?:\.\w+)+")
MODULE_OF_COMMAND = re.compile(r"-m ((?:tests|ops)(?:\.\w+)+)")


@dataclass(frozen=True)
class Reference:
    """Something that a document names, and the line that names it."""

    document: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line} {self.name}"


@cache
def entries() -> frozenset[str]:
    """The files of the repository, and the folders that hold any."""
    found = []
    for folder, below, files in os.walk(ROOT):
        below[:] = [one for one in below if one not in MADE and not one.endswith(("_cache", ".egg-info"))]
        found += [(Path(folder) / one).relative_to(ROOT) for one in files]
    return frozenset(f"/{one}" for file in found for one in (file, *file.parents))


def alternatives(path: str) -> list[str]:
    """`tests/{unit,e2e}/x.py` names two paths."""
    before, brace, rest = path.partition("{")
    if not brace:
        return [path]
    within, _, after = rest.partition("}")
    return [one for word in within.split(",") for one in alternatives(before + word + after)]


def is_there(path: str) -> bool:
    """A path may leave out its first folders: `forms/views.py` is the one below `services/cases/cases`."""
    wanted = re.sub(r"<[^>]*>", "*", path.rstrip("/"))
    if "*" in wanted:
        return any(fnmatchcase(one, f"*/{wanted}") for one in entries())
    return any(one.endswith((f"/{wanted}", f"/{wanted}.py")) for one in entries()) or is_in_a_module(wanted)


def is_in_a_module(path: str) -> bool:
    """`forms/actions.submit_form` is a module and a name that it holds."""
    module, _, name = path.replace(".", "/").rpartition("/")
    return any(
        re.search(rf"\b{re.escape(name)}\b", (ROOT / one[1:]).read_text(encoding="utf-8"))
        for one in entries()
        if module and one.endswith(f"/{module}.py")
    )


def spans(document: Path) -> Iterator[Reference]:
    """What stands in backticks outside of blocks of code, whose trees and examples name more than there is."""
    is_code = False
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        if FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            yield from (Reference(document, number, span) for span in SPAN.findall(line))


def named_paths(document: Path) -> Iterator[Reference]:
    for one in spans(document):
        if PATH.fullmatch(one.name):
            if one.name.partition("/")[0] not in MADE:
                yield one
        elif DOTTED.fullmatch(one.name):
            yield Reference(document, one.line, one.name.replace(".", "/"))


def matches(document: Path, pattern: re.Pattern[str]) -> Iterator[Reference]:
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        yield from (Reference(document, number, found) for found in pattern.findall(line))


def missing(document: Path) -> list[str]:
    paths = [one for one in named_paths(document) if not all(map(is_there, alternatives(one.name)))]
    links = [one for one in matches(document, LINK) if not (document.parent / one.name).exists()]
    modules = [one for one in matches(document, MODULE_OF_COMMAND) if not is_there(one.name.replace(".", "/"))]
    return [str(one) for one in sorted({*paths, *links, *modules}, key=lambda one: one.line)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.relative_to(ROOT)))
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    found = missing(document)
    assert not found, f"{len(found)} that are not there:\n" + "\n".join(found)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.relative_to(ROOT)))
def test_every_command_that_a_document_names_is_one_of_crm(document: Path) -> None:
    found = [str(one) for one in matches(document, COMMAND) if one.name not in crm.COMMANDS]
    assert not found, "crm.py has no such command:\n" + "\n".join(found)


def test_a_path_is_found_in_a_document_and_missed_in_the_repository(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "See `tests/unit/{orders,nowhere}/sales`,\n[this](gone.md) and `python3 crm.py up`.\n```\n`x/y`\n```\n"
    )
    assert [one.name for one in named_paths(document)] == ["tests/unit/{orders,nowhere}/sales"]
    assert [one.name for one in matches(document, LINK)] == ["gone.md"]
    assert [one.name for one in matches(document, COMMAND)] == ["up"]


@pytest.mark.parametrize(
    ("path", "is_known"),
    [
        ("forms/views.py", True), ("forms/actions.submit_form", True), ("forms/actions.submit_nothing", False),
        ("services/orders/orders/", True), ("orms/views.py", False), ("requirements/*.in", True),
        ("migrations/versions/<number>_<what>.py", True), ("forms/<what>.rs", False), ("utils.py", False),
        ("servicekit/auth/visible", True), ("servicekit/auth/invisible", False), ("tests/access/matrix", True),
    ],
)  # fmt: skip
def test_a_path_may_leave_out_its_first_folders_and_name_what_a_module_holds(path: str, is_known: bool) -> None:
    assert is_there(path) is is_known
