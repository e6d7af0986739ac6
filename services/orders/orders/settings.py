"""What this service needs to know beside the kit's settings."""

from dataclasses import dataclass, field

from servicekit.settings import Settings


@dataclass(frozen=True, kw_only=True)
class OrdersSettings(Settings):
    """Dates on invoices are of the company's time zone, which also says when the night is."""

    service: str = "orders"
    time_zone: str = field(default="UTC", metadata={"env": "CRM_TIME_ZONE"})
    payment_days: int = field(default=14, metadata={"env": "CRM_PAYMENT_DAYS"})
    currency: str = field(default="EUR", metadata={"env": "CRM_CURRENCY"})
