"""The feature table against its proofs: every row of docs/features.md with the tests that name it."""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "features.md"
_ROW = re.compile(r"^\| (?P<id>[FB]\d+) \| (?P<title>.+?) \| (?P<owner>[A-Z][A-Z,→()+ ]*) \|$")


class Broken(Exception):
    """The table and the tests do not fit; the text says where."""


def read_table(text: str) -> list[dict[str, Any]]:
    """The rows in their order; raises Broken where an id stands twice."""
    rows = [match.groupdict() for line in text.splitlines() if (match := _ROW.match(line))]
    ids = [row["id"] for row in rows]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise Broken(f"docs/features.md has these twice: {', '.join(sorted(twice))}")
    return rows


def read_proofs(path: Path) -> list[dict[str, Any]]:
    """What the tests said of themselves."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def collect_proofs() -> list[dict[str, Any]]:
    """Ask pytest which tests exist and what each proves; raises Broken where they cannot be collected."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "proofs.jsonl"
        argv = [sys.executable, "-m", "pytest", "--collect-only", "-q", f"--proofs={path}", "tests"]
        result = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
        if result.returncode:
            raise Broken(f"the tests cannot be collected:\n{result.stdout[-2000:]}{result.stderr[-1000:]}")
        return read_proofs(path)


def join(rows: list[dict[str, Any]], proofs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with its proofs; raises Broken for a proof of something that is not in the table."""
    known = {row["id"]: {**row, "proofs": []} for row in rows}
    for proof in proofs:
        for feature in proof["features"]:
            if feature not in known:
                raise Broken(f"{proof['test']} proves {feature}, which docs/features.md does not have")
            known[feature]["proofs"].append(proof["test"])
    return list(known.values())


def missing_runs(proofs: list[dict[str, Any]], runs: list[dict[str, Any]]) -> list[str]:
    """Proofs that were not run, or did not pass."""
    passed = {run["test"] for run in runs if run["outcome"] == "passed"}
    return sorted({proof["test"] for proof in proofs} - passed)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="crm.py features", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON list")
    parser.add_argument("--runs", type=Path, help="a file of outcomes: every proof must have run and passed")
    asked = parser.parse_args(arguments)
    try:
        proofs = collect_proofs()
        features = join(read_table(TABLE.read_text(encoding="utf-8")), proofs)
        if asked.runs and (missing := missing_runs(proofs, read_proofs(asked.runs))):
            raise Broken("these proofs did not run and pass:\n  " + "\n  ".join(missing))
    except Broken as broken:
        print(broken, file=sys.stderr)
        return 1
    if asked.json:
        print(json.dumps(features, ensure_ascii=False, indent=1))
        return 0
    for row in features:
        state = f"{len(row['proofs'])} proofs" if row["proofs"] else "open"
        print(f"{row['id']}  {row['owner']:<12} {state:<10} {row['title']}")
    proven = sum(1 for row in features if row["proofs"])
    print(f"{proven} of {len(features)} features are proven by tests; the others are open.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
