"""Runs a command of the services' own command line against the installation on this machine."""

import argparse
import os
import subprocess
import sys

from ops.migrations import migrate
from ops.place import EVERYONE, Place, Trouble, place_of
from ops.processes import FLASK, Installation, administrator


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="crm.py", description=__doc__)
    parser.add_argument("--data", help="the data folder, var/ if not said")
    tools = parser.add_subparsers(dest="tool", required=True)
    tools.add_parser("migrate", help="bring every database up to date")
    link = tools.add_parser("login-link", help="print a link that signs in once")
    link.add_argument("--email", default=administrator())
    parked = tools.add_parser("parked", help="list, show, replay or discard what could not be handled")
    parked.add_argument("service", choices=EVERYONE)
    parked.add_argument("words", nargs=argparse.REMAINDER, help="list | show ID | replay ID | discard ID")
    asked = parser.parse_args(arguments)
    place = place_of(asked.data)
    if asked.tool == "migrate":
        place.prepare()
        migrate(at_rest(place), say=print)
        return 0
    if asked.tool == "login-link":
        print(place.address() + flask_says(at_rest(place), "gateway", "login-link", "--email", asked.email))
        return 0
    words = asked.words or ["list"]
    return flask(at_rest(place), asked.service, "parked", *words).returncode


def at_rest(place: Place) -> Installation:
    """The installation as commands need it that open its databases; the address is the running one, if it runs."""
    ports = dict.fromkeys(EVERYONE, 8080)
    try:
        ports["gateway"] = int(place.address().rsplit(":", 1)[1])
    except Trouble:
        if not place.signing_key.exists():
            place.prepare()
    return Installation(place=place, ports=ports)


def flask(
    installation: Installation, service: str, *words: str, capture: bool = False
) -> subprocess.CompletedProcess[str]:
    argv = [str(FLASK), "--app", f"{service}.app", *words]
    environment = {**os.environ, **installation.environment(service)}
    return subprocess.run(argv, env=environment, capture_output=capture, text=True, check=False)


def flask_says(installation: Installation, service: str, *words: str) -> str:
    """The last line that such a command prints; raises Trouble with all it said when it failed."""
    result = flask(installation, service, *words, capture=True)
    lines = result.stdout.strip().splitlines()
    if result.returncode or not lines:
        said = (result.stdout + result.stderr).strip()[-2000:]
        raise Trouble(f"`flask --app {service}.app {' '.join(words)}` failed:\n{said}")
    return lines[-1]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
