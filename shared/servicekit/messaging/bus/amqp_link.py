"""How this program connects to RabbitMQ, and the one place where pika's errors become `BusDown`."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pika
import pika.exceptions
from pika.adapters.blocking_connection import BlockingChannel

from servicekit.messaging.bus.contract import BusDown

# pika logs each failure several times over, as an error, even where it is expected; `BusDown` says it once.
logging.getLogger("pika").setLevel(logging.CRITICAL)

HEARTBEAT_SECONDS = 15
"""A dead link is noticed after about three of these."""

FORBIDDEN = 403


def parameters(url: str, purpose: str) -> pika.URLParameters:
    """Connection parameters: what the address leaves open is set so that no call ever waits for ever."""
    found = pika.URLParameters(url)
    if "heartbeat=" not in url:
        found.heartbeat = HEARTBEAT_SECONDS
    if "blocked_connection_timeout=" not in url:
        found.blocked_connection_timeout = 30
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        found.tcp_options = {"TCP_USER_TIMEOUT": 20_000}
    found.client_properties = {"connection_name": f"{os.path.basename(sys.argv[0])}:{os.getpid()} {purpose}"}  # noqa: PTH119 - argv may be empty
    return found


def user_of(given: pika.URLParameters) -> str:
    """The user of the connection; the broker refuses a message that claims to come from another one."""
    return str(given.credentials.username)


@contextmanager
def channel(url: str, purpose: str) -> Iterator[BlockingChannel]:
    """A channel on a connection of its own, for a few calls. What the block itself raises comes out unchanged."""
    with bus_down():
        connection = pika.BlockingConnection(parameters(url, purpose))
    try:
        yield connection.channel()
    except pika.exceptions.AMQPError as error:
        raise BusDown(explain(error)) from error
    finally:
        close_quietly(connection)


@contextmanager
def bus_down() -> Iterator[None]:
    """Turn whatever pika and the socket raise into `BusDown` with a sentence."""
    try:
        yield
    except pika.exceptions.AMQPError as error:
        raise BusDown(explain(error)) from error
    except OSError as error:
        raise BusDown(f"RabbitMQ cannot be reached: {error}.") from error


def explain(error: BaseException | None) -> str:
    """A sentence for a pika error; many of them have an empty text."""
    text = str(error) or repr(error)
    if isinstance(error, pika.exceptions.AMQPConnectionError):
        return f"RabbitMQ cannot be reached: {text}."
    return f"RabbitMQ refused: {text}."


def close_quietly(connection: pika.BlockingConnection) -> None:
    """Close a connection that may be closed, or closing, already."""
    try:
        if connection.is_open:
            connection.close()
    except (pika.exceptions.AMQPError, OSError):
        return
