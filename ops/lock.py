"""Chooses versions anew: compiles requirements/*.in into lock files with hashes and without any host name."""

import subprocess
import sys
from pathlib import Path

from ops.repository import ROOT

UV = Path(sys.executable).with_name("uv")
OPTIONS = (
    "--universal",
    "--generate-hashes",
    "--python-version=3.11",
    "--upgrade",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
)


def main() -> int:
    """The dev set first: the others are taken from it, so that one environment can hold them."""
    for name, bound in (("dev", ()), ("run", ("-c", "dev.lock")), ("uv", ("-c", "dev.lock")), ("node", ())):
        argv = [str(UV), "pip", "compile", *OPTIONS, *bound, f"{name}.in", "-o", f"{name}.lock"]
        subprocess.run(argv, cwd=ROOT / "requirements", check=True)
        print(f"requirements/{name}.lock")
    return 0


if __name__ == "__main__":
    sys.exit(main())
