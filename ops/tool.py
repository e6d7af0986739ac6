"""Runs a command of the services' own command line against the installation on this machine."""

import argparse
import os
import subprocess
import sys

from ops.errors import OperatorError
from ops.local.commands import Command
from ops.local.data_directory import DataDirectory, data_directory
from ops.local.migrations import migrate
from ops.local.processes import Installation, administrator, flask_argv
from ops.repository import EVERYONE


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    installation = at_rest(data_directory(options.data))
    if options.tool == "migrate":
        migrate(installation, say=print)
    elif options.tool == "login-link":
        address = installation.data.address()
        print(address + Command(installation, "gateway", "login-link", "--email", options.email).last_line())
    elif options.verb == "list":
        list_parked(installation, options.service)
    else:
        return flask(installation, options.service, "parked", options.verb, str(options.id))
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    data = argparse.ArgumentParser(add_help=False)
    data.add_argument("--data", help="the data folder, var/ if not said")
    parser = argparse.ArgumentParser(prog="crm.py", description=__doc__)
    tools = parser.add_subparsers(dest="tool", required=True)
    tools.add_parser("migrate", help="bring every database up to date", parents=[data])
    link = tools.add_parser("login-link", help="print a link that signs in once", parents=[data])
    link.add_argument("--email", default=administrator())
    parked = tools.add_parser("parked", help="list, show, replay or discard what could not be handled", parents=[data])
    parked.add_argument("verb", nargs="?", choices=("list", "show", "replay", "discard"), default="list")
    parked.add_argument("service", nargs="?", choices=EVERYONE, help="whose; `list` without it shows everybody's")
    parked.add_argument("id", nargs="?", type=int, help="the number that `list` shows")
    options = parser.parse_args(arguments)
    if options.tool == "parked" and options.verb != "list" and options.id is None:
        parser.error(f"say which one: crm.py parked {options.verb} SERVICE ID")
    return options


def list_parked(installation: Installation, service: str | None) -> None:
    """What waits for an operator, everywhere or in one service."""
    commands = [Command(installation, one, "parked", "list") for one in ([service] if service else EVERYONE)]
    lines = [output for command in commands if (output := command.finish())]
    print("\n".join(lines) or "Nothing is parked.")


def at_rest(data: DataDirectory) -> Installation:
    """The installation as commands need it that open its databases; the address is the running one, if it runs."""
    ports = dict.fromkeys(EVERYONE, 8080)
    try:
        ports["gateway"] = int(data.address().rsplit(":", 1)[1])
    except OperatorError:
        data.prepare()
    return Installation(data=data, ports=ports)


def flask(installation: Installation, service: str, *words: str) -> int:
    environment = {**os.environ, **installation.environment(service)}
    return subprocess.run([*flask_argv(service), *words], env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OperatorError as error:
        sys.exit(str(error))
