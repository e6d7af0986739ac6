"""What a product is, and the limits by which every total fits into 64 bits."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from servicekit.errors import Conflict

PPM: Final = 1_000_000
MAX_PRICE_MINOR: Final = 10_000_000_000
MAX_TAX_RATE: Final = 1


class ProductType(StrEnum):
    """The kinds of products that a purchase history distinguishes."""

    MERCHANDISE = "merchandise"
    PUBLICATION = "publication"
    MEMBERSHIP = "membership"
    SUBSCRIPTION = "subscription"
    EVENT = "event"
    EXHIBIT = "exhibit"
    SERVICE = "service"


class SkuTaken(Conflict):
    """Another product has this SKU."""


def rate_to_ppm(rate: Decimal) -> int:
    """0.19 is 190000 millionths."""
    return int(rate * PPM)


def rate_from_ppm(ppm: int) -> Decimal:
    """190000 millionths are 0.19, without trailing zeros."""
    return trim(Decimal(ppm) / PPM)


def trim(number: Decimal) -> Decimal:
    """Without trailing zeros and never with an exponent."""
    return Decimal(f"{number.normalize():f}")
