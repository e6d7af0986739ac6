"""Tables of service contracts and the items that they cover."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from cases.base import Base
from cases.projections.models import CustomerProjection
from servicekit.database.types import UtcDateTime
from servicekit.database.versioned import Versioned


class ServiceContract(Versioned, Base):
    """An agreement with one customer; without `ends_on` it runs until it is cancelled."""

    __tablename__ = "service_contracts"
    __table_args__ = (
        Index("ix_service_contracts_created_at_id", "created_at", "id"),
        Index("ix_service_contracts_customer_id_created_at_id", "customer_id", "created_at", "id"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    customer_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    terms: Mapped[str | None] = mapped_column(Text)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(String(500))

    items: Mapped[list["ContractItem"]] = relationship(order_by="ContractItem.id", lazy="selectin")
    customer: Mapped[CustomerProjection | None] = relationship(
        primaryjoin=lambda: foreign(ServiceContract.customer_id) == CustomerProjection.id, viewonly=True, lazy="raise"
    )

    @property
    def is_cancelled(self) -> bool:
        """Does it entitle to nothing any more?"""
        return self.cancelled_at is not None

    @property
    def customer_name(self) -> str | None:
        """None also where the customer is not known here yet."""
        return self.customer.name if self.customer else None


class ContractItem(Versioned, Base):
    """One thing that a contract covers."""

    __tablename__ = "contract_items"

    contract_id: Mapped[str] = mapped_column(ForeignKey("service_contracts.id"), index=True)
    product: Mapped[str] = mapped_column(String(200))
    serial: Mapped[str | None] = mapped_column(String(100))
    coverage: Mapped[str | None] = mapped_column(String(500))
