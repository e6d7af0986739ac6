"""What this service needs to know before it starts: what every service needs, and nothing else."""

from dataclasses import dataclass

from servicekit.settings import Settings as KitSettings


@dataclass(frozen=True, kw_only=True)
class Settings(KitSettings):
    """The settings of the customers service."""

    service: str = "customers"
