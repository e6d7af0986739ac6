"""Runs a command of the services' own command line against the installation on this machine."""

import argparse
import os
import subprocess
import sys

from ops.commands import Command
from ops.migrations import migrate
from ops.place import EVERYONE, Place, Trouble, place_of
from ops.processes import Installation, administrator, flask_argv


def main(arguments: list[str]) -> int:
    asked = parse(arguments)
    installation = at_rest(place_of(asked.data))
    if asked.tool == "migrate":
        migrate(installation, say=print)
    elif asked.tool == "login-link":
        address = installation.place.address()
        print(address + Command(installation, "gateway", "login-link", "--email", asked.email).last_line())
    else:
        return flask(installation, asked.service, "parked", *(asked.words or ["list"]))
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
    parked.add_argument("service", choices=EVERYONE)
    parked.add_argument("words", nargs="*", help="list | show ID | replay ID | discard ID")
    return parser.parse_args(arguments)


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
