"""What this service needs to know beside the kit's settings."""

from dataclasses import dataclass, field

from servicekit.settings import Settings, check_time_zone


@dataclass(frozen=True, kw_only=True)
class NotificationsSettings(Settings):
    """How mail leaves, whose it is, and in which zone its times are written.

    `mail_url` is `file:///directory`, `smtp://host:port` or `smtps://host:port`; user and password may stand before
    the host, and `?tls=starttls` asks for encryption. `mail_reply_to` is a mailbox that ignores what follows a plus.
    """

    service: str = "notifications"
    mail_url: str = field(metadata={"env": "CRM_MAIL_URL"})
    mail_from: str = field(default="Customer Manager <no-reply@localhost>", metadata={"env": "CRM_MAIL_FROM"})
    mail_reply_to: str = field(default="", metadata={"env": "CRM_MAIL_REPLY_TO"})
    time_zone: str = field(default="UTC", metadata={"env": "CRM_TIME_ZONE"})
    product_name: str = field(default="Customer Manager", metadata={"env": "CRM_PRODUCT_NAME"})

    def __post_init__(self) -> None:
        """Refuse at the start what would fail at the first mail that names a time."""
        check_time_zone("CRM_TIME_ZONE", self.time_zone)
