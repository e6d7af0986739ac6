"""Money: an exact amount with its currency; on the wire `{"amount": "12.50", "currency": "EUR"}`."""

from decimal import Decimal
from typing import Self

import msgspec

# ISO 4217: the currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def exponent(currency: str) -> int:
    """How many decimals the currency has."""
    return _EXPONENTS.get(currency, 2)


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """An amount; two of different currencies never mix."""

    amount: Decimal
    currency: str

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Self:
        """1250 EUR is 12.50."""
        return cls(amount=Decimal(minor).scaleb(-exponent(currency)), currency=currency)

    @property
    def minor(self) -> int:
        """In the currency's smallest unit; raises ValueError where the amount has more decimals than the currency."""
        scaled = self.amount.scaleb(exponent(self.currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{self.currency} has {exponent(self.currency)} decimals")
        return int(scaled)
