"""Runs a command of the services' own command line against the installation on this machine."""

import argparse
import os
import subprocess
import sys

from ops.errors import Trouble
from ops.local.commands import Command
from ops.local.data_directory import Place, place_of
from ops.local.migrations import migrate
from ops.local.processes import Installation, administrator, flask_argv
from ops.repository import EVERYONE


def main(arguments: list[str]) -> int:
    asked = parse(arguments)
    installation = at_rest(place_of(asked.data))
    if asked.tool == "migrate":
        migrate(installation, say=print)
    elif asked.tool == "login-link":
        address = installation.place.address()
        print(address + Command(installation, "gateway", "login-link", "--email", asked.email).last_line())
    elif asked.verb == "list":
        list_parked(installation, asked.service)
    else:
        return flask(installation, asked.service, "parked", asked.verb, str(asked.id))
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
    asked = parser.parse_args(arguments)
    if asked.tool == "parked" and asked.verb != "list" and asked.id is None:
        parser.error(f"say which one: crm.py parked {asked.verb} SERVICE ID")
    return asked


def list_parked(installation: Installation, service: str | None) -> None:
    """What waits for an operator, everywhere or in one service."""
    asked = [Command(installation, one, "parked", "list") for one in ([service] if service else EVERYONE)]
    lines = [said for command in asked if (said := command.finish())]
    print("\n".join(lines) or "Nothing is parked.")


def at_rest(place: Place) -> Installation:
    """The installation as commands need it that open its databases; the address is the running one, if it runs."""
    ports = dict.fromkeys(EVERYONE, 8080)
    try:
        ports["gateway"] = int(place.address().rsplit(":", 1)[1])
    except Trouble:
        place.prepare()
    return Installation(place=place, ports=ports)


def flask(installation: Installation, service: str, *words: str) -> int:
    environment = {**os.environ, **installation.environment(service)}
    return subprocess.run([*flask_argv(service), *words], env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
