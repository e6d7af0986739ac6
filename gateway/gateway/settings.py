"""What the gateway needs to know, from the environment."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway.identity.sessions.rules import PASSWORD_LONGEST, PASSWORD_SHORTEST
from servicekit.settings import BadSettings
from servicekit.settings import Settings as KitSettings


@dataclass(frozen=True, kw_only=True)
class Settings(KitSettings):
    """The kit's settings and the gateway's own."""

    service: str = "gateway"
    identity_signing_key: str = field(metadata={"env": "CRM_IDENTITY_SIGNING_KEY"})
    session_secret: str = field(metadata={"env": "CRM_SESSION_SECRET", "secret": True})
    customers_url: str = field(default="http://127.0.0.1:8081", metadata={"env": "CRM_CUSTOMERS_URL"})
    cases_url: str = field(default="http://127.0.0.1:8082", metadata={"env": "CRM_CASES_URL"})
    orders_url: str = field(default="http://127.0.0.1:8083", metadata={"env": "CRM_ORDERS_URL"})
    notifications_url: str = field(default="http://127.0.0.1:8084", metadata={"env": "CRM_NOTIFICATIONS_URL"})
    admin_email: str = field(default="", metadata={"env": "CRM_ADMIN_EMAIL"})
    admin_password: str = field(default="", metadata={"env": "CRM_ADMIN_PASSWORD"})
    dev_mail_dir: str = field(default="", metadata={"env": "CRM_DEV_MAIL_DIR"})
    # Requests a minute. By API key, token or session; sign-in and public forms by address.
    rate_limit: int = field(default=6000, metadata={"env": "CRM_RATE_LIMIT"})
    rate_limit_login: int = field(default=30, metadata={"env": "CRM_RATE_LIMIT_LOGIN"})
    rate_limit_public: int = field(default=60, metadata={"env": "CRM_RATE_LIMIT_PUBLIC"})
    # How many proxies of one's own stand in front: so many of the last X-Forwarded-For entries are believed.
    trusted_proxies: int = field(default=0, metadata={"env": "CRM_TRUSTED_PROXIES"})
    # Names by which the gateway is asked for, beside the public one and its own; `.example.org` is all below it.
    trusted_hosts: str = field(default="", metadata={"env": "CRM_TRUSTED_HOSTS"})
    concurrency: int = field(default=64, metadata={"env": "CRM_UPSTREAM_CONCURRENCY"})

    def __post_init__(self) -> None:
        """Refuse at the start a password that would fail at the first request, or be of nobody."""
        if not self.admin_password:
            return
        if not PASSWORD_SHORTEST <= len(self.admin_password) <= PASSWORD_LONGEST:
            raise BadSettings(f"CRM_ADMIN_PASSWORD: give {PASSWORD_SHORTEST} to {PASSWORD_LONGEST} characters.")
        if not self.admin_email:
            raise BadSettings("CRM_ADMIN_PASSWORD needs CRM_ADMIN_EMAIL: whose password is it?")

    @property
    def is_https(self) -> bool:
        """Do browsers reach us over TLS?"""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a browser writes them into `Origin`."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def known_hosts(self) -> list[str]:
        """What a `Host` header may name, whatever the port: the public name, this machine, the container, and more."""
        more = (name.strip().lower() for name in self.trusted_hosts.split(","))
        names = (urlsplit(self.public_url).hostname, "localhost", "127.0.0.1", self.service, *more)
        return [name for name in names if name]

    @property
    def upstreams(self) -> dict[str, str]:
        """Where each service answers."""
        return {
            "customers": self.customers_url,
            "cases": self.cases_url,
            "orders": self.orders_url,
            "notifications": self.notifications_url,
        }
