"""An e-mail as it goes over the wire: headers by the standard library alone, so that no value can add another."""

import hashlib
import hmac
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from notifications.mail.models import Email
from notifications.mail.rendering import load_content, render
from notifications.mail.rules import one_line
from notifications.mail.templates import KINDS
from notifications.settings import NotificationsSettings


@dataclass(frozen=True, kw_only=True)
class SmtpMessage:
    """What a transport needs: who to whom, and the finished message with CRLF line ends."""

    id: str
    stamp: str
    sender: str
    recipient: str
    data: bytes


def smtp_message(email: Email, settings: NotificationsSettings) -> SmtpMessage:
    """The same e-mail always gives the same Message-ID, so that a receiver can recognize a second copy."""
    sender_name, sender = parseaddr(settings.mail_from)
    domain = sender.rpartition("@")[2]
    content = load_content(email.content)
    rendered = render(content, settings)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(display_name=one_line(sender_name), addr_spec=sender)
    message["To"] = Address(display_name=one_line(email.to_name), addr_spec=email.to)
    message["Subject"] = one_line(email.subject)
    message["Date"] = format_datetime(email.created_at)
    message["Message-ID"] = f"<{email.id}@{domain}>"
    if email.case_id is not None:
        # One thread for all e-mails of a case, in every mail program.
        message["References"] = f"<{email.case_id}@{domain}>"
    if KINDS[email.kind].is_automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    if settings.mail_reply_to and email.case_id is not None:
        message["Reply-To"] = reply_address(settings.mail_reply_to, content.number, settings.cursor_secret)
    elif email.reply_to:
        message["Reply-To"] = Address(addr_spec=email.reply_to)
    message.set_content(rendered.text, cte="quoted-printable")
    # Quoted-printable text holds no "=e", so this can stand nowhere else; and the same e-mail is always the same bytes.
    message.make_alternative(boundary=f"={email.id}")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    return SmtpMessage(
        id=email.id,
        stamp=f"{email.created_at:%Y%m%dT%H%M%S%f}Z",
        sender=sender,
        recipient=email.to,
        data=message.as_bytes(),
    )


def reply_address(mailbox: str, number: str, secret: str) -> str:
    """`support+c-000123-<token>@…`: the token proves that we gave this address out, so that none can be made up."""
    local, _, domain = parseaddr(mailbox)[1].rpartition("@")
    token = hmac.new(secret.encode(), f"reply:{number}".encode(), hashlib.sha256).hexdigest()[:16]
    return f"{local}+{number.lower()}-{token}@{domain}"
