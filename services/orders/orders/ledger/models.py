"""Invoices, payments and how they meet; the ledger itself, which only grows; and the balance that it adds up to."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from orders.base import Base
from orders.ledger.rules import EntryKind, InvoiceStatus, PaymentMethod
from orders.projections.models import CustomerProjection
from servicekit.database.types import UtcDateTime
from servicekit.database.versioned import Versioned
from servicekit.money import Money


class Invoice(Versioned, Base):
    """What an order costs its customer and by when; `paid_minor` is what its allocations add up to."""

    __tablename__ = "invoices"
    __table_args__ = (
        CheckConstraint("paid_minor >= 0 AND paid_minor <= total_minor", name="paid"),
        CheckConstraint(
            "(status = 'open' AND paid_minor < total_minor) OR (status = 'paid' AND paid_minor = total_minor)"
            " OR (status = 'void' AND paid_minor = 0)",
            name="status",
        ),
        CheckConstraint("due_on >= issued_on", name="due_on"),
        Index("ix_invoices_customer_id_currency_status", "customer_id", "currency", "status"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), unique=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(10))
    total_minor: Mapped[int] = mapped_column(BigInteger)
    paid_minor: Mapped[int] = mapped_column(BigInteger)
    issued_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)

    customer: Mapped[CustomerProjection] = relationship(lazy="joined", innerjoin=True)

    @property
    def customer_name(self) -> str:
        return self.customer.name

    @property
    def open_minor(self) -> int:
        return 0 if self.status == InvoiceStatus.VOID else self.total_minor - self.paid_minor

    @property
    def total(self) -> Money:
        return Money.from_minor(self.total_minor, self.currency)

    @property
    def open(self) -> Money:
        return Money.from_minor(self.open_minor, self.currency)


class Payment(Versioned, Base):
    """Money received; what is not allocated to an invoice is the customer's credit."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("allocated_minor >= 0 AND allocated_minor <= amount_minor", name="allocated"),
        CheckConstraint(f"method IN ({', '.join(repr(m.value) for m in PaymentMethod)})", name="method"),
        Index("ix_payments_customer_id_currency", "customer_id", "currency"),
    )

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    invoice_id: Mapped[str | None] = mapped_column(ForeignKey("invoices.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    allocated_minor: Mapped[int] = mapped_column(BigInteger)
    method: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str | None] = mapped_column(String(200))
    received_on: Mapped[date]
    recorded_by: Mapped[str] = mapped_column(String(40))

    customer: Mapped[CustomerProjection] = relationship(lazy="joined", innerjoin=True)
    allocations: Mapped[list["Allocation"]] = relationship(
        primaryjoin="and_(Allocation.payment_id == Payment.id, Allocation.released_at.is_(None))",
        order_by="Allocation.id",
        viewonly=True,
        lazy="selectin",
    )

    @property
    def amount(self) -> Money:
        return Money.from_minor(self.amount_minor, self.currency)

    @property
    def unapplied(self) -> Money:
        return Money.from_minor(self.amount_minor - self.allocated_minor, self.currency)


class Allocation(Base):
    """So much of a payment settles so much of an invoice; a withdrawn invoice releases it."""

    __tablename__ = "allocations"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.id"), index=True)
    invoice_id: Mapped[str] = mapped_column(ForeignKey("invoices.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    allocated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def amount(self) -> Money:
        return Money.from_minor(self.amount_minor, self.currency)


class LedgerEntry(Base):
    """One line of the ledger: plus is owed by the customer. The database refuses to change or delete it."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("kind", "order_id"),
        UniqueConstraint("payment_id"),
        CheckConstraint(
            "(kind = 'invoice' AND amount_minor >= 0) OR (kind = 'payment' AND amount_minor < 0)"
            " OR (kind = 'credit_note' AND amount_minor <= 0)"
            " OR (kind IN ('order', 'cancellation') AND amount_minor = 0)",
            name="amount",
        ),
        CheckConstraint(f"kind IN ({', '.join(repr(k.value) for k in EntryKind)})", name="kind"),
        Index("ix_ledger_entries_customer_id_currency", "customer_id", "currency"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    currency: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(20))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))
    payment_id: Mapped[str | None] = mapped_column(ForeignKey("payments.id"))


class Balance(Versioned, Base):
    """What a customer's ledger added up to at `as_of`, in one currency."""

    __tablename__ = "balances"
    __table_args__ = (
        UniqueConstraint("customer_id", "currency"),
        CheckConstraint("overdue_minor >= 0 AND credit_minor >= 0", name="amounts"),
    )

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    currency: Mapped[str] = mapped_column(String(3))
    open_balance_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    total_value_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    overdue_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    credit_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    orders: Mapped[int] = mapped_column(default=0)
    last_order_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    as_of: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    customer: Mapped[CustomerProjection] = relationship(lazy="joined", innerjoin=True)

    @property
    def customer_name(self) -> str:
        return self.customer.name

    @property
    def open_balance(self) -> Money:
        return Money.from_minor(self.open_balance_minor, self.currency)

    @property
    def total_value(self) -> Money:
        return Money.from_minor(self.total_value_minor, self.currency)

    @property
    def overdue(self) -> Money:
        return Money.from_minor(self.overdue_minor, self.currency)

    @property
    def credit(self) -> Money:
        return Money.from_minor(self.credit_minor, self.currency)
