"""Products."""

from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from orders.base import Base
from orders.catalogue.rules import PPM, ProductType, rate_from_ppm
from servicekit.database.versioned import Versioned
from servicekit.money import Money


class Product(Versioned, Base):
    """The price is in the currency's minor unit, the tax rate in millionths."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("unit_price_minor >= 0", name="price"),
        CheckConstraint(f"tax_rate_ppm BETWEEN 0 AND {PPM}", name="tax_rate"),
        CheckConstraint(f"type IN ({', '.join(repr(t.value) for t in ProductType)})", name="type"),
    )

    sku: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    type: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    tax_rate_ppm: Mapped[int]
    is_active: Mapped[bool]

    @property
    def unit_price(self) -> Money:
        return Money.from_minor(self.unit_price_minor, self.currency)

    @property
    def tax_rate(self) -> Decimal:
        return rate_from_ppm(self.tax_rate_ppm)
