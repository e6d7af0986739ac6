"""Projections of a balance, a case, an order and a user, and the figures of a customer that follow from them."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from customers.base import Base
from servicekit.database.types import UtcDateTime
from servicekit.money import Money


class CustomerFigures(Base):
    """The figures of one customer, computed from the projections below. Amounts are minor units of `currency`."""

    __tablename__ = "customer_facts"

    customer_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    total_value_minor: Mapped[int | None] = mapped_column(BigInteger)
    open_balance_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    orders: Mapped[int] = mapped_column(default=0)
    open_cases: Mapped[int] = mapped_column(default=0)
    last_order_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_interaction_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def total_value(self) -> Money | None:
        """Everything ever bought; None until orders has published a balance."""
        return self._money(self.total_value_minor)

    @property
    def open_balance(self) -> Money | None:
        """What is still to be paid; None until orders has published a balance."""
        return self._money(self.open_balance_minor)

    def _money(self, minor: int | None) -> Money | None:
        if minor is None or self.currency is None:
            return None
        return Money.from_minor(minor, self.currency)


class BalanceProjection(Base):
    """A customer's account in one currency, as orders last published it."""

    __tablename__ = "balance_facts"

    customer_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    total_value_minor: Mapped[int] = mapped_column(BigInteger)
    open_balance_minor: Mapped[int] = mapped_column(BigInteger)
    orders: Mapped[int]
    last_order_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int]


class CaseProjection(Base):
    """A case as the cases service last published it; `sequence` is 0 while only its id is known."""

    __tablename__ = "case_facts"
    __table_args__ = (Index("ix_case_facts_customer_id_is_open", "customer_id", "is_open"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20))
    is_open: Mapped[bool]
    customer_id: Mapped[str | None] = mapped_column(String(40))
    contact_id: Mapped[str | None] = mapped_column(String(40), index=True)
    owner_id: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(String(40))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int]


class OrderProjection(Base):
    """An order as the orders service last published it."""

    __tablename__ = "order_facts"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[str] = mapped_column(String(20))
    customer_id: Mapped[str] = mapped_column(String(40), index=True)
    status: Mapped[str] = mapped_column(String(20))
    total_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sequence: Mapped[int]


class UserProjection(Base):
    """A member of staff: the name that the timeline shows."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool]
    sequence: Mapped[int]
