"""What this service needs to know beside the kit's settings."""

from dataclasses import dataclass, field

from servicekit.settings import BadSettings, Settings, check_time_zone


@dataclass(frozen=True, kw_only=True)
class OrdersSettings(Settings):
    """`time_zone` is the company's: it gives the dates on invoices and the midnight that balances wait for."""

    service: str = "orders"
    time_zone: str = field(default="UTC", metadata={"env": "CRM_TIME_ZONE"})
    payment_days: int = field(default=14, metadata={"env": "CRM_PAYMENT_DAYS"})
    currency: str = field(default="EUR", metadata={"env": "CRM_CURRENCY"})

    def __post_init__(self) -> None:
        """Refuse at the start what would fail at the first invoice."""
        check_time_zone("CRM_TIME_ZONE", self.time_zone)
        if self.payment_days < 0:
            raise BadSettings(f"CRM_PAYMENT_DAYS={self.payment_days} is below 0.")
