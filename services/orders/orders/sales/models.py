"""Orders and their lines; a line is a snapshot and never looks into the catalogue again."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from orders.base import Base
from orders.catalogue.rules import rate_from_ppm, trim
from orders.ledger.models import Invoice
from orders.projections.models import CustomerProjection
from orders.sales.rules import BASIS_POINTS, THOUSAND, Amounts, OrderStatus
from servicekit.database.types import UtcDateTime
from servicekit.database.versioned import Versioned
from servicekit.money import Money


class Order(Versioned, Base):
    """Amounts are in the currency's minor unit and equal the sums of the lines."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("total_minor = net_minor + tax_minor", name="total"),
        CheckConstraint("net_minor >= 0 AND tax_minor >= 0", name="amounts"),
        CheckConstraint(f"status IN ({', '.join(repr(s.value) for s in OrderStatus)})", name="status"),
        Index("ix_orders_customer_id_placed_at", "customer_id", "placed_at"),
        Index("ix_orders_status_placed_at", "status", "placed_at"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    status: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    note: Mapped[str | None] = mapped_column(Text)
    net_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    placed_by: Mapped[str] = mapped_column(String(40))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fulfilled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    duplicate_of_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))

    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", order_by="OrderLine.position", lazy="selectin", cascade="all, delete-orphan"
    )
    customer: Mapped[CustomerProjection] = relationship(lazy="joined", innerjoin=True)
    invoice: Mapped[Invoice | None] = relationship(
        primaryjoin="foreign(Invoice.order_id) == Order.id", uselist=False, viewonly=True, lazy="selectin"
    )

    @property
    def customer_name(self) -> str:
        return self.customer.name

    @property
    def net(self) -> Money:
        return Money.from_minor(self.net_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money.from_minor(self.tax_minor, self.currency)

    @property
    def total(self) -> Money:
        return Money.from_minor(self.total_minor, self.currency)


class OrderLine(Base):
    """What was sold, as it was; `customer_id` and `placed_at` are the order's, repeated here for purchase histories."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("total_minor = net_minor + tax_minor", name="total"),
        CheckConstraint("net_minor >= 0 AND tax_minor >= 0 AND unit_price_minor >= 0", name="amounts"),
        CheckConstraint("quantity_thousandths > 0", name="quantity"),
        CheckConstraint(f"discount_bp BETWEEN 0 AND {BASIS_POINTS}", name="discount"),
        Index("ix_order_lines_customer_id_placed_at", "customer_id", "placed_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    position: Mapped[int]
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    sku: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(String(20))
    quantity_thousandths: Mapped[int] = mapped_column(BigInteger)
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    discount_bp: Mapped[int]
    tax_rate_ppm: Mapped[int]
    net_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)

    order: Mapped[Order] = relationship(back_populates="lines")

    @property
    def amounts(self) -> Amounts:
        return Amounts(net=self.net_minor, tax=self.tax_minor)

    @property
    def quantity(self) -> Decimal:
        return trim(Decimal(self.quantity_thousandths) / THOUSAND)

    @property
    def discount_percent(self) -> Decimal:
        return trim(Decimal(self.discount_bp) / 100)

    @property
    def tax_rate(self) -> Decimal:
        return rate_from_ppm(self.tax_rate_ppm)

    @property
    def unit_price(self) -> Money:
        return Money.from_minor(self.unit_price_minor, self.order.currency)

    @property
    def net(self) -> Money:
        return Money.from_minor(self.net_minor, self.order.currency)

    @property
    def tax(self) -> Money:
        return Money.from_minor(self.tax_minor, self.order.currency)

    @property
    def total(self) -> Money:
        return Money.from_minor(self.total_minor, self.order.currency)

    @property
    def order_number(self) -> str:
        return self.order.number

    @property
    def order_status(self) -> str:
        return self.order.status
