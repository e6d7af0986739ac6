"""A real SMTP server on this machine that can refuse, dawdle and hang up, and that counts what it accepted."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.tools import free_port

_OURS = re.compile(r"<(eml_[^@>]+)@")


class PostOffice:
    """`answer` is what DATA gets: 250 accepts. Every accepted letter is kept, with repeats."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.answer = "250 OK"
        self.seconds = 0.0
        """How long it thinks about each letter."""
        self.hangs_up = False
        """Take the letter and break the connection before the answer."""
        self.on_letter: Callable[[], None] = lambda: None
        """Called when a letter was taken, before the answer."""
        self.refused = 0
        self.letters: list[Any] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's hook
        await asyncio.sleep(self.seconds)
        if not self.answer.startswith("250"):
            self.refused += 1
            return self.answer
        self.letters.append(message_from_bytes(envelope.content or b"", policy=policy.default))
        self.on_letter()
        if self.hangs_up and server.transport is not None:
            server.transport.abort()
        return self.answer

    def to(self, address: str) -> list[Any]:
        """What this address got."""
        return [letter for letter in self.letters if address in str(letter["to"])]

    def arrived(self) -> Counter[str]:
        """How often each e-mail came, by its id."""
        found = [_OURS.match(str(letter["message-id"]).strip()) for letter in list(self.letters)]
        return Counter(one.group(1) for one in found if one)
