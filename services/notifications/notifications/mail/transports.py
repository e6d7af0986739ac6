"""How e-mail leaves: into a directory in development, to a mail server in production; both report what became of it."""

import os
import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from notifications.mail.message import SmtpMessage
from notifications.mail.rules import SmtpReply, Verdict, interpret_reply
from servicekit.settings import BadSettings

CONNECT_SECONDS: Final = 10.0
COMMAND_SECONDS: Final = 30.0
FINAL_SECONDS: Final = 600.0
"""After the final dot a server may take ten minutes (RFC 5321, 4.5.3.2.6); hanging up earlier makes double mail."""


_THIS_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Transport(Protocol):
    """One way for e-mail to leave."""

    @property
    def lease(self) -> timedelta:
        """Longer than any attempt can take."""
        ...

    @property
    def is_repeatable(self) -> bool:
        """Is sending the same e-mail twice the same as sending it once?"""
        ...

    def send(self, message: SmtpMessage) -> SmtpReply:
        """Try once; never raises for what the other side does."""
        ...


@dataclass(frozen=True, kw_only=True)
class FileTransport:
    """Writes `<time>-<id>.eml`; the same e-mail has the same name, so a second attempt makes no second file."""

    directory: Path
    lease: timedelta = timedelta(seconds=15)
    is_repeatable: bool = True

    def send(self, message: SmtpMessage) -> SmtpReply:
        target = self.directory / f"{message.stamp}-{message.id}.eml"
        unfinished = target.with_suffix(".part")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(message.data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        except OSError as error:
            return SmtpReply(verdict=Verdict.LATER, detail=f"Not written: {error.strerror}", is_host_down=True)
        return SmtpReply(verdict=Verdict.ACCEPTED, detail=f"written as {target.name}")


@dataclass(frozen=True, kw_only=True)
class SmtpTransport:
    """Speaks SMTP step by step, because what a lost connection means depends on the step it was lost in."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = "none"
    connect_seconds: float = CONNECT_SECONDS
    command_seconds: float = COMMAND_SECONDS
    final_seconds: float = FINAL_SECONDS
    lease: timedelta = timedelta(minutes=15)
    is_repeatable: bool = False

    def send(self, message: SmtpMessage) -> SmtpReply:
        """Up to the final dot every failure is safe to repeat; after it only the server knows."""
        try:
            smtp = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return SmtpReply(
                verdict=Verdict.LATER, detail=f"{self.host}:{self.port}: {_reason(error)}", is_host_down=True
            )
        try:
            refusal = self._hand_over(smtp, message)
            return refusal or self._finish(smtp)
        except (OSError, smtplib.SMTPException) as error:
            detail = f"The connection was lost before the end of the message: {_reason(error)}"
            return SmtpReply(verdict=Verdict.LATER, detail=detail, is_host_down=True)
        finally:
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        smtp = self._open()
        try:
            smtp.ehlo_or_helo_if_needed()
            if self.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            if self.user:
                smtp.login(self.user, self.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _open(self) -> smtplib.SMTP:
        if self.tls != "implicit":
            return smtplib.SMTP(self.host, self.port, timeout=self.connect_seconds)
        context = ssl.create_default_context()  # smtplib's own checks no certificate
        return smtplib.SMTP_SSL(self.host, self.port, timeout=self.connect_seconds, context=context)

    def _hand_over(self, smtp: smtplib.SMTP, message: SmtpMessage) -> SmtpReply | None:
        """Everything before the final dot; a refusal, or None."""
        _set_timeout(smtp, self.command_seconds)
        reply = _interpreted(smtp.mail(message.sender))
        if reply.verdict is Verdict.ACCEPTED:
            reply = _interpreted(smtp.rcpt(message.recipient))
        if reply.verdict is not Verdict.ACCEPTED:
            return reply
        code_and_text = smtp.docmd("DATA")
        if code_and_text[0] != 354:  # noqa: PLR2004 - "start mail input"
            return _interpreted(code_and_text)
        smtp.send(_stuffed(message.data))
        return None

    def _finish(self, smtp: smtplib.SMTP) -> SmtpReply:
        """The final dot and the reply to it: the gap that RFC 1047 describes."""
        _set_timeout(smtp, self.final_seconds)
        try:
            smtp.send(b".\r\n")
            code_and_text = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            detail = f"The connection was lost while the server was taking the message: {_reason(error)}"
            return SmtpReply(verdict=Verdict.UNKNOWN, detail=detail)
        reply = _interpreted(code_and_text)
        if reply.verdict is Verdict.ACCEPTED:
            _quit(smtp, self.command_seconds)
        return reply


def transport_for(url: str) -> Transport:
    """The transport of CRM_MAIL_URL; raises BadSettings with the forms it may have."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        return FileTransport(directory=Path(unquote(parts.path)))
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadSettings("CRM_MAIL_URL is file:///directory, smtp://host:port or smtps://host:port.")
    tls = parse_qs(parts.query).get("tls", ["none"])[0]
    if tls not in {"none", "starttls"}:
        raise BadSettings("CRM_MAIL_URL: tls is none or starttls.")
    if parts.password and parts.scheme == "smtp" and tls == "none" and parts.hostname not in _THIS_MACHINE:
        raise BadSettings("CRM_MAIL_URL has a password that would travel unencrypted: add ?tls=starttls or use smtps:.")
    return SmtpTransport(
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls="implicit" if parts.scheme == "smtps" else tls,
    )


def _set_timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _stuffed(data: bytes) -> bytes:
    """Double each leading dot (RFC 5321, 4.5.2) and end in a line end, so that the final dot may follow."""
    stuffed = re.sub(rb"^\.", b"..", data, flags=re.MULTILINE)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _quit(smtp: smtplib.SMTP, seconds: float) -> None:
    """The message is theirs already: what goes wrong now does not matter."""
    try:
        _set_timeout(smtp, min(seconds, 2.0))
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        return


def _interpreted(code_and_text: tuple[int, bytes]) -> SmtpReply:
    return interpret_reply(code_and_text[0], _one_line(code_and_text[1]))


def _one_line(text: bytes | str) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(plain.split())[:500]


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_one_line(error.smtp_error)}"
    return " ".join(str(error).split())[:500] or type(error).__name__
