"""Starts the whole system on this machine, checks it, prints the way in, and stops it in order."""

import argparse
import os
import signal
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ops import assets, selfcheck
from ops.api import Api
from ops.demo.loading import load
from ops.demo.manifest import DemoManifest
from ops.errors import OperatorError
from ops.local.commands import Command
from ops.local.data_directory import DataDirectory, data_directory
from ops.local.migrations import is_up_to_date, migrate
from ops.local.processes import SHARED_MODULES, Installation, administrator, choose_ports
from ops.local.screen import step
from ops.local.supervisor import NotReady, Supervisor
from ops.repository import ROOT
from ops.secret_files import write_private


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    data = data_directory(options.data)
    started = time.monotonic()
    try:
        if options.fresh:
            wipe(data, sure=options.yes)
        installation = Installation(data=data, ports=choose_ports(options.port))
        with data.locked(installation.url), signals_as_interrupt():
            start(installation, options, started)
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    except (OperatorError, NotReady) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="crm.py up", description=__doc__)
    parser.add_argument("--check", action="store_true", help="start, send one form through the whole chain, stop")
    parser.add_argument("--port", type=int, help="where the gateway answers; 8080 or the next free one if not said")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    parser.add_argument("--no-demo", action="store_true", help="without demo data")
    parser.add_argument("--fresh", action="store_true", help="delete all data of this machine first")
    parser.add_argument("--yes", action="store_true", help="with --fresh: do not ask")
    parser.add_argument("--data", help="the data folder, var/ if not said")
    return parser.parse_args(arguments)


def wipe(data: DataDirectory, *, sure: bool) -> None:
    if not sure:
        if not sys.stdin.isatty():
            raise OperatorError("--fresh deletes all data. Nobody is here to ask; say --fresh --yes if you mean it.")
        if input(f"Delete all data in {data.path}? Type yes: ").strip().lower() != "yes":
            raise OperatorError("Nothing was deleted.")
    with data.locked(""):
        data.wipe()


def start(installation: Installation, options: argparse.Namespace, started: float) -> None:
    data = installation.data
    data.prepare()
    fetching = fetch_assets()
    if not is_up_to_date(installation):
        with step("Bringing the databases up to date") as line:
            migrate(installation, say=line.now)
    if fetching:
        await_assets(fetching)
    programs = installation.programs()
    with Supervisor(programs, logs=data.logs, say=warn, preload=SHARED_MODULES) as supervisor:
        with step("Starting gateway, services and workers") as line:
            supervisor.start()
            # Both need the gateway's database alone, so they run while the rest gets ready.
            link, key = login_link(installation), api_key(installation)
            supervisor.wait_ready(say=line.now)
        is_first = key is not None
        if key:
            write_private(data.demo_key, key.last_line())
        api = Api(installation.url, data.demo_key.read_text())
        if not options.no_demo:
            load_demo(api, data)
        if options.check or is_first:
            with step("Sending one form through the whole chain") as line:
                selfcheck.check(api, data, say=line.now)
        if options.check:
            print(f"Everything works ({time.monotonic() - started:.0f} s).")
            return
        welcome(installation, options, link.last_line(), time.monotonic() - started)
        supervisor.run()
        print("Stopped. Again: python3 crm.py up")


def fetch_assets() -> subprocess.Popen[str] | None:
    """Fetch beside the migrations, in a process: no thread may run while processes are copied from this one."""
    if assets.are_fresh():
        return None
    return subprocess.Popen(
        [sys.executable, "-m", "ops.assets"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def await_assets(fetching: subprocess.Popen[str]) -> None:
    """Without a network the console is plainer, and whole."""
    with step("Fetching what the console shows"):
        _, complaint = fetching.communicate()
    if fetching.returncode:
        reason = " ".join(complaint.split())[:200]
        warn(f"The console will look plainer: its style and icons could not be fetched. {reason} …")


def login_link(installation: Installation) -> Command:
    return Command(installation, "gateway", "login-link", "--email", administrator())


def api_key(installation: Installation) -> Command | None:
    """The key of the demo loader and the self-check, made once."""
    if installation.data.demo_key.exists():
        return None
    return Command(installation, "gateway", "api-key", "--name", "demo", "--permissions", "*")


def load_demo(api: Api, data: DataDirectory) -> None:
    manifest = DemoManifest(data.demo_manifest)
    if manifest.is_complete:
        return
    with step("Loading demo data through the API") as line:
        load(api, manifest, system=data.process_id(), progress=line.now)


def welcome(installation: Installation, options: argparse.Namespace, path: str, seconds: float) -> None:
    link = installation.url + path
    print(f"\nCustomer Manager is ready after {seconds:.0f} s:  {link}   (one use, 15 minutes)")
    print(f"API docs {installation.url}/api/docs · API key in {show(installation.data.demo_key)}", end=" · ")
    print(f"mail {installation.url}/dev/mail · logs in {show(installation.data.logs)}")
    print("Stop: Ctrl-C · another link: python3 crm.py login-link", flush=True)
    if not options.no_open and sys.stdout.isatty():
        webbrowser.open(link)


def show(path: os.PathLike[str]) -> str:
    """The path as seen from here, if that is shorter."""
    return min(os.path.relpath(path), os.fspath(path), key=len)


def warn(text: str) -> None:
    print(f"\n  ! {text}", file=sys.stderr, flush=True)


@contextmanager
def signals_as_interrupt() -> Iterator[None]:
    """Until the supervisor listens itself, a SIGTERM ends the start as Ctrl-C does: with everything stopped."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
