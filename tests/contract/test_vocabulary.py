"""The field's own words: what the glossary forbids is defined nowhere, plumbing is found by its usual name, the kit has no CRM noun."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
SHIPPED = (
    "crm.py", "ops", "shared/servicekit", "services/customers", "services/cases", "services/orders",
    "services/notifications", "gateway/gateway",
)  # fmt: skip
# Every folder and every file of the tests; the folder of unit tests part by part.
TESTS = tuple(
    str(path.relative_to(ROOT))
    for folder in (ROOT / "tests", ROOT / "tests" / "unit")
    for path in sorted(folder.iterdir())
    if path.suffix == ".py" or (path.is_dir() and path.name not in {"unit", "__pycache__"})
)
USUAL = (
    "pagination", "projection", "heartbeat", "rate limit", "circuit breaker", "dead letter", "serialization", "csrf",
    "read model", "idempotency",
)  # fmt: skip

NOUNS = frozenset(
    [
        "customer",
        "contact",
        "organization",
        "individual",
        "case",
        "workflow",
        "ticket",
        "invoice",
        "order",
        "payment",
        "lead",
        "opportunity",
        "segment",
        "campaign",
        "submission",
        "timeline",
        "notification",
        "product",
        "quote",
        "agreement",
    ]
)
# SQL's own word, the order of keys, and the relay that leads.
NOT_A_NOUN = frozenset({"order_by", "order", "order_key", "_order_key", "_lead"})


# A test's name is a sentence, in which these are ordinary English.
ORDINARY = frozenset({"tell", "tells", "told"})


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """A name in a source file."""

    name: str
    path: Path
    line: int

    @property
    def where(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} {self.name}"

    @property
    def parts(self) -> list[str]:
        """`CaseHeard` and `case_heard` have the same two."""
        return [one.lower() for one in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", self.name)]


@cache
def forbidden() -> tuple[str, ...]:
    """The identifiers in the last column of the second table of the glossary."""
    table = GLOSSARY.read_text(encoding="utf-8").partition("## Plumbing words")[2]
    cells = [line.rstrip("|").rpartition("|")[2] for line in table.splitlines() if line.startswith("| **")]
    return tuple(word for cell in cells for word in re.findall(r"`([^`]+)`", cell))


def sources(root: str) -> Iterator[Path]:
    start = ROOT / root
    found = [start] if start.is_file() else sorted(start.rglob("*.py"))
    yield from (one for one in found if not {"node_modules", "__pycache__", ".venv"} & set(one.parts))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def defined(path: Path) -> Iterator[Identifier]:
    """What this file defines: itself and its folder, functions, classes, parameters, variables, names of imports."""
    for name in (path.parent.name, path.stem):
        yield Identifier(name=name, path=path, line=1)
    for node in ast.walk(parsed(path)):
        for name in _defined_by(node):
            yield Identifier(name=name, path=path, line=getattr(node, "lineno", 1))


def _defined_by(node: ast.AST) -> Sequence[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return (node.name,)
        case ast.arg():
            return (node.arg,)
        case ast.Name(ctx=ast.Store()):
            return (node.id,)
        case ast.Attribute(ctx=ast.Store()):
            return (node.attr,)
        case ast.alias(asname=str(name)):
            return (name,)
    return ()


def spoken(path: Path) -> Iterator[Identifier]:
    """Every identifier and every imported module of this file, also those that others have defined."""
    yield from defined(path)
    for node in ast.walk(parsed(path)):
        match node:
            case ast.Name():
                names = [node.id]
            case ast.Attribute():
                names = [node.attr]
            case ast.keyword(arg=str(name)):
                names = [name]
            case ast.alias():
                names = node.name.split(".")
            case ast.ImportFrom(module=str(module)):
                names = module.split(".")
            case _:
                names = []
        yield from (Identifier(name=name, path=path, line=getattr(node, "lineno", 1)) for name in names)


def says(one: Identifier, word: str) -> bool:
    if one.name.startswith("test_") and word in ORDINARY:
        return False
    if "*" in word:
        return fnmatchcase(one.name, word)
    if not word[0].islower():
        return one.name == word
    wanted, parts = word.split("_"), one.parts
    return any(parts[start : start + len(wanted)] == wanted for start in range(len(parts) - len(wanted) + 1))


def private_words(root: str) -> Iterator[str]:
    for path in sources(root):
        for one in defined(path):
            if word := next((word for word in forbidden() if says(one, word)), None):
                yield f"{one.where}: not `{word}`"


def test_the_glossary_names_what_may_not_be_said() -> None:
    assert len(forbidden()) > 40
    assert {"heard", "told", "World"} <= set(forbidden())


@pytest.mark.parametrize(
    ("name", "word", "is_said"),
    [
        ("CaseHeard", "heard", True), ("case_heard", "heard", True), ("heart", "heard", False),
        ("HEARD", "heard", True), ("World", "World", True), ("world_of", "World", False),
        ("keep_newest_of", "keep_newest", True), ("keep_the_newest", "keep_newest", False), ("keep_x", "keep_*", True),
    ],
)  # fmt: skip
def test_a_word_is_found_as_a_part_of_a_name_and_a_name_as_a_whole(name: str, word: str, is_said: bool) -> None:
    assert says(Identifier(name=name, path=ROOT / "crm.py", line=1), word) is is_said


@pytest.mark.parametrize("root", [*SHIPPED, *TESTS])
def test_no_private_word_is_defined_where_the_field_has_its_own(root: str) -> None:
    found = list(dict.fromkeys(private_words(root)))
    assert not found, f"{len(found)} names that docs/glossary.md forbids:\n" + "\n".join(found)


def first_sentence(path: Path) -> str:
    text = (ast.get_docstring(parsed(path)) or "").partition("\n\n")[0].replace("\n", " ")
    return re.split(r"(?<=[.!?])\s", text)[0]


@pytest.mark.parametrize("word", USUAL)
def test_the_usual_word_stands_in_the_name_or_the_first_sentence_of_the_module_that_does_it(word: str) -> None:
    of_name = re.compile(rf"\b{word.replace(' ', '_')}s?\b|^{word.replace(' ', '_')}")
    of_sentence = re.compile(rf"\b{word.replace(' ', '[ -]')}s?\b", re.IGNORECASE)
    found = [
        str(path.relative_to(ROOT))
        for root in SHIPPED
        for path in sources(root)
        if of_name.search(path.stem)
        or (path.stem == "__init__" and of_name.search(path.parent.name))
        or of_sentence.search(first_sentence(path))
    ]
    assert found, f"who looks for «{word}» finds no module"
    assert len(found) <= 40, f"«{word}» leads to {found}: to too many to be of use"


@pytest.mark.parametrize("path", list(sources("shared/servicekit")), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_kit_speaks_no_crm(path: Path) -> None:
    singular = {
        **{noun: noun for noun in NOUNS},
        **{f"{noun}s": noun for noun in NOUNS},
        "opportunities": "opportunity",
    }
    found = [
        f"{one.where}: {singular[part]}"
        for one in spoken(path)
        if one.name not in NOT_A_NOUN
        for part in one.parts
        if part in singular
    ]
    assert not found, "\n".join(dict.fromkeys(found))
