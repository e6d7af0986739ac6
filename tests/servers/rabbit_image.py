"""RabbitMQ of another version than this machine's, out of a container image, called as if it were installed."""

from __future__ import annotations

from pathlib import Path

from tests.servers.tools import new_folder

# Network, processes and folders are the machine's own, so that ports, pid files and configurations mean the same.
SCRIPT = """#!/bin/sh
env | grep -E '^(RABBITMQ|ERL|HOME|LANG)' > "$HOME/environment.$$"
exec docker run --rm --network host --pid host --volume /tmp:/tmp --env-file "$HOME/environment.$$" \\
  --entrypoint sh {image} -c 'exec /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/{program} "$@"' {program} "$@"
"""


def programs_of_image(image: str) -> Path:
    """A folder of scripts that run the image's programs; DOCKER_HOST names the engine, as ever."""
    folder = new_folder("rabbit-image")
    for program in ("rabbitmq-server", "rabbitmqctl"):
        path = folder / program
        path.write_text(SCRIPT.format(image=image, program=program))
        path.chmod(0o755)
    return folder
