"""Each package names what it imports, no less and no more: a service is installed without the others' libraries."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = {
    "shared": "servicekit",
    "gateway": "gateway",
    "services/customers": "customers",
    "services/cases": "cases",
    "services/orders": "orders",
    "services/notifications": "notifications",
}
# Needed without an import: the server, the driver that a database address names, the zones where a system has none.
NOT_IMPORTED = {"gunicorn", "psycopg", "tzdata"}


def imported(package: Path) -> set[str]:
    """Distributions that the package's modules import, its own and the standard library left out."""
    names: set[str] = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    distributions = packages_distributions()
    foreign = names - set(sys.stdlib_module_names) - {package.name}
    found = {"crm-servicekit" if name == "servicekit" else distributions[name][0] for name in foreign}
    return {name.lower().replace("_", "-") for name in found}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_package_names_what_it_imports(folder: str) -> None:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[\[<>=]", line)[0] for line in project["dependencies"]}
    assert named - NOT_IMPORTED == imported(ROOT / folder / FOLDERS[folder])


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_a_package_names_is_in_the_lock(folder: str) -> None:
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements" / "run.lock").read_text()
    for line in project["dependencies"]:
        name = re.split(r"[\[<>=]", line)[0]
        assert name == "crm-servicekit" or re.search(rf"^{re.escape(name)}==", lock, re.MULTILINE), name
