"""Every check and every test in one table; one exit code. What cannot run here says NOT RUN and why."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CODE = ("crm.py", "ops", "shared", "services", "gateway", "tests")
UNITS_WITH_DATABASES = (
    "servicekit",
    "customers",
    "cases",
    "orders",
    "notifications",
    "gateway/identity",
)
NOTHING_SELECTED = 5
STARTED = time.monotonic()
CHECKS_AT_ONCE = 3
SLOWEST = 20
HARNESS_POSTGRES = "CRM_TEST_HARNESS_POSTGRES"
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one check ended; `said` is shown when it failed or did not run."""

    state: str
    passed: int = 0
    failed: int = 0
    said: str = ""
    seconds_of_tests: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the table. `missing` says why it cannot run here, or nothing; `packages` are Debian's that it needs."""

    name: str
    run: Callable[[argparse.Namespace], Result]
    is_slow: bool = False
    is_last: bool = False
    is_wanted_by_name: bool = False
    missing: Callable[[], str] = str
    packages: tuple[str, ...] = ()


def command(*argv: str) -> Callable[[argparse.Namespace], Result]:
    """A check that is one command: right when it exits with 0."""

    def run(_asked: argparse.Namespace) -> Result:
        result = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return Result(state="ok", passed=1)
        return Result(state="FAILED", failed=1, said=(result.stdout + result.stderr)[-6000:])

    return run


def pytest_on(
    *paths: str, processes: int, on_postgres: bool = False, marked: str = ""
) -> Callable[[argparse.Namespace], Result]:
    """A check that is a run of pytest; what it printed is shown when it failed."""

    def run(asked: argparse.Namespace) -> Result:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            argv = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", f"--proofs={asked.runs}", *paths]
            argv += ["-n", str(processes), "--dist", "loadfile"] if processes > 1 else []
            argv += ["-k", asked.k] if asked.k else []
            argv += ["-m", marked] if marked else []
            environment = {
                **os.environ,
                **({HARNESS_POSTGRES: harness_server()} if on_postgres else {}),
                **faults_wanted(asked),
            }
            ended = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            return _count(report, ended, selected=bool(asked.k))

    return run


def _count(report: Path, ended: subprocess.CompletedProcess[str], *, selected: bool) -> Result:
    said = (ended.stdout + ended.stderr)[-20_000:]
    if not report.exists():
        return Result(state="FAILED", failed=1, said=said)
    total = failed = skipped = 0
    seconds: dict[str, float] = {}
    for suite in ET.parse(report).getroot().iter("testsuite"):
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
        seconds |= {
            f"{one.get('classname')}::{one.get('name')}": float(one.get("time", 0)) for one in suite.iter("testcase")
        }
    passed = total - failed - skipped
    if ended.returncode == NOTHING_SELECTED and selected:
        return Result(state="ok", said="nothing selected")
    if ended.returncode or failed or skipped:
        return Result(state="FAILED", passed=passed, failed=max(failed, 1), said=said, seconds_of_tests=seconds)
    return Result(state="ok", passed=passed, seconds_of_tests=seconds)


def faults_wanted(asked: argparse.Namespace) -> dict[str, str]:
    """How long each fault lasts and what is random in it; where it says nothing, the fault tests choose."""
    wanted = {"CRM_FAULT_SECONDS": asked.seconds, "CRM_FAULT_SEED": asked.seed}
    return {name: str(value) for name, value in wanted.items() if value is not None}


def features(asked: argparse.Namespace) -> Result:
    """The table fits the tests; after a whole run every proof has run and passed."""
    runs = ["--runs", asked.runs] if asked.is_whole else []
    return command(sys.executable, "tests/features.py", *runs)(asked)


def harness_server() -> str:
    """The PostgreSQL on which the tools of the kit make a database for each test."""
    from tests.servers import postgres

    return postgres(durable=False).url


def no_postgres() -> str:
    """Why PostgreSQL cannot be had here."""
    from tests.servers import NoServer, postgres

    try:
        postgres()
    except NoServer as reason:
        return str(reason)
    return ""


def no_servers() -> str:
    """Why PostgreSQL or RabbitMQ cannot be had here."""
    from tests.servers import NoServer, rabbitmq

    try:
        rabbitmq()
    except NoServer as reason:
        return str(reason)
    return no_postgres()


def no_browser() -> str:
    """Why there is no Chromium."""
    from tests.browser.chromium import why_missing

    return why_missing()


def no_clone() -> str:
    """Why this checkout cannot be cloned."""
    from tests.clones import why_missing

    return why_missing()


def no_compose() -> str:
    """Why there is no Docker Engine with Compose."""
    from tests.compose.engine import why_missing

    return why_missing()


ON_SERVERS: Any = {"is_slow": True, "missing": no_servers, "packages": ("rabbitmq-server",)}
CHECKS: Sequence[Check] = (
    Check(name="lint", run=command(str(BIN / "ruff"), "check", "--quiet", *CODE)),
    Check(name="format", run=command(str(BIN / "ruff"), "format", "--check", "--quiet", *CODE)),
    Check(name="types", run=command(str(BIN / "mypy"))),
    Check(name="imports", run=command(str(BIN / "lint-imports"), "--no-cache")),
    Check(
        name="security",
        run=command(str(BIN / "bandit"), "-q", "-r", "shared", "services", "gateway", "ops", "-c", "pyproject.toml"),
    ),
    Check(name="templates", run=command(str(BIN / "djlint"), "gateway", "services", "--lint", "--quiet")),
    Check(name="documents", run=command(sys.executable, "-m", "ops.contracts", "--check")),
    # The longest first, and those that keep the processor busy beside those that wait.
    Check(name="faults", run=pytest_on("tests/faults", processes=1, marked="not plan"), **ON_SERVERS),
    Check(name="fault-plan", run=pytest_on("tests/faults", processes=1), is_wanted_by_name=True, **ON_SERVERS),
    Check(name="integration", run=pytest_on("tests/integration", processes=1), **ON_SERVERS),
    Check(name="unit", run=pytest_on("tests/unit", processes=2)),
    Check(
        name="browser",
        run=pytest_on("tests/browser", processes=1),
        is_slow=True,
        missing=no_browser,
        packages=("chromium",),
    ),
    Check(name="contract", run=pytest_on("tests/contract", processes=1)),
    Check(
        name="unit-pg",
        run=pytest_on(*(f"tests/unit/{one}" for one in UNITS_WITH_DATABASES), processes=1, on_postgres=True),
        is_slow=True,
        missing=no_postgres,
    ),
    Check(name="compose", run=pytest_on("tests/compose", processes=1), is_slow=True, missing=no_compose),
    Check(name="e2e", run=pytest_on("tests/e2e", processes=1), **ON_SERVERS),
    Check(name="access", run=pytest_on("tests/access", processes=1), is_slow=True),
    Check(name="clone", run=pytest_on("tests/clone", processes=1), is_slow=True, missing=no_clone),
    Check(name="features", run=features, is_last=True),
)


def main(arguments: list[str]) -> int:
    """Run what was asked for; print the table last."""
    asked = parse(arguments)
    usual = [one.name for one in CHECKS if not one.is_wanted_by_name and not (asked.fast and one.is_slow)]
    names = asked.only.split(",") if asked.only else usual
    asked.is_whole = not (asked.only or asked.fast or asked.k)
    checks = [check for check in CHECKS if check.name in names]
    install_packages(checks)
    with tempfile.TemporaryDirectory() as folder:
        asked.runs = str(Path(folder) / "runs.jsonl")
        rows = run_all(checks, asked)
    return show(rows, require_all=asked.require_all)


def install_packages(checks: Sequence[Check]) -> None:
    """Have there what these checks need, where this user may install it."""
    from tests import system_packages

    needed = dict.fromkeys(package for check in checks for package in check.packages)
    system_packages.install(needed, say=lambda text: print(f"  {text}", flush=True))


def run_all(checks: Sequence[Check], asked: argparse.Namespace) -> list[tuple[str, Result, float]]:
    """Side by side, for most of them mostly wait; the table of features last."""
    with ThreadPoolExecutor(CHECKS_AT_ONCE) as executor:
        running = [(check, executor.submit(timed, check, asked)) for check in checks if not check.is_last]
        rows = [(check.name, *future.result()) for check, future in running]
    return [*rows, *((check.name, *timed(check, asked)) for check in checks if check.is_last)]


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="crm.py test", description=__doc__)
    parser.add_argument("--only", help=f"these checks alone, with commas: {', '.join(check.name for check in CHECKS)}")
    parser.add_argument("--fast", action="store_true", help="without what needs servers, browsers or engines")
    parser.add_argument("-k", help="only tests that match, as pytest has it")
    parser.add_argument("--seconds", type=float, help="how long each fault lasts, with --only faults or fault-plan")
    parser.add_argument("--seed", type=int, help="repeat the faults of an earlier run")
    parser.add_argument("--require-all", action="store_true", help="fail where something could not run")
    asked = parser.parse_args(arguments)
    if asked.only and (unknown := set(asked.only.split(",")) - {check.name for check in CHECKS}):
        parser.error(f"there is no check {', '.join(sorted(unknown))}")
    return asked


def timed(check: Check, asked: argparse.Namespace) -> tuple[Result, float]:
    """One check, and how long it took."""
    print(f"  {check.name} …", flush=True)
    started = time.monotonic()
    reason = check.missing()
    result = Result(state="NOT RUN", said=reason) if reason else check.run(asked)
    seconds = time.monotonic() - started
    shown = f"\n{result.said}" if result.said and result.state != "ok" else ""
    print(f"  {check.name}: {result.state}, {seconds:.0f} s{shown}", flush=True)
    return result, seconds


def show(rows: list[tuple[str, Result, float]], *, require_all: bool) -> int:
    """The slowest tests, the table and the exit code; the last line counts checks that are commands as one test each."""
    show_slowest({name: took for _, result, _ in rows for name, took in result.seconds_of_tests.items()})
    width = min(shutil.get_terminal_size((100, 20)).columns, 120)
    print(f"\n{'check':<13}{'result':<9}{'passed':>7}{'failed':>7}{'seconds':>9}  remark\n{'─' * width}")
    for name, result, seconds in rows:
        remark = result.said.strip().splitlines()[-1][: width - 48] if result.said.strip() else ""
        print(f"{name:<13}{result.state:<9}{result.passed:>7}{result.failed:>7}{seconds:>9.1f}  {remark}")
    not_run = sum(result.state == "NOT RUN" for _, result, _ in rows)
    passed = sum(result.passed for _, result, _ in rows)
    failed = sum(result.failed for _, result, _ in rows) + (not_run if require_all else 0)
    print(f"\n{time.monotonic() - STARTED:.0f} s in all{f', {not_run} NOT RUN' if not_run else ''}")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def show_slowest(seconds_of_tests: Mapping[str, float]) -> None:
    """Where the time goes; what a fixture needed counts for the first test that asked for it."""
    slowest = sorted(seconds_of_tests.items(), key=lambda one: -one[1])[:SLOWEST]
    if slowest:
        print(f"\nThe slowest {len(slowest)} of {len(seconds_of_tests)} tests, in seconds:")
    for name, seconds in slowest:
        print(f"{seconds:>8.1f}  {name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
