"""A real SMTP server on this machine that can refuse, and that counts what it accepted."""

import contextlib
import socket
from email import message_from_bytes, policy
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class PostOffice:
    """`answer` is what DATA gets: 250 accepts. Every accepted letter is kept, with repeats."""

    def __init__(self) -> None:
        with contextlib.closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{port}"
        self.answer = "250 OK"
        self.refused = 0
        self.letters: list[Any] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's hook
        if not self.answer.startswith("250"):
            self.refused += 1
            return self.answer
        self.letters.append(message_from_bytes(envelope.content or b"", policy=policy.default))
        return self.answer

    def to(self, address: str) -> list[Any]:
        """What this address got."""
        return [letter for letter in self.letters if address in str(letter["to"])]
