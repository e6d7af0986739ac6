"""Customers, the contacts between them, and the ids that other systems know them by."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from customers.base import Base
from customers.directory.rules import CustomerIsArchived, CustomerKind, CustomerStatus
from customers.projections.models import CustomerFigures
from servicekit.database.types import Json, UtcDateTime
from servicekit.database.versioned import Versioned


class Customer(Versioned, Base):
    """An organization or an individual.

    `email_key` claims the e-mail within its kind; it is empty while the customer is archived, or where a second one
    with that e-mail was allowed: so an archived customer never owns an address. `search_text` holds everything the
    customer is found by, also the names of its contacts.
    """

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("kind", "email_key"),
        Index("ix_customers_list_created", "is_archived", "created_at", "id"),
        Index("ix_customers_list_updated", "is_archived", "updated_at", "id"),
        Index("ix_customers_list_name", "is_archived", "name_search", "id"),
        Index("ix_customers_list_status", "is_archived", "status", "created_at", "id"),
        Index("ix_customers_list_owner", "owner_id", "created_at", "id"),
        Index("ix_customers_list_team", "team_id", "created_at", "id"),
        Index("ix_customers_list_industry", "industry", "created_at", "id"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[CustomerKind] = mapped_column(String(20))
    status: Mapped[CustomerStatus] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    first_name: Mapped[str | None] = mapped_column(String(100))
    last_name: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    website: Mapped[str | None] = mapped_column(String(300))
    industry: Mapped[str | None] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(35))
    street: Mapped[str | None] = mapped_column(String(300))
    city: Mapped[str | None] = mapped_column(String(100))
    postcode: Mapped[str | None] = mapped_column(String(20))
    country: Mapped[str | None] = mapped_column(String(2))
    source: Mapped[str] = mapped_column(String(60))
    customer_since: Mapped[date]
    owner_id: Mapped[str | None] = mapped_column(String(40))
    team_id: Mapped[str | None] = mapped_column(String(40))
    external_ids: Mapped[dict[str, str]] = mapped_column(Json, server_default="{}")
    is_archived: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_blocked: Mapped[bool] = mapped_column(default=False)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blocked_by: Mapped[str | None] = mapped_column(String(40))
    blocked_reason: Mapped[str | None] = mapped_column(String(500))

    name_search: Mapped[str] = mapped_column(String(600))
    email_norm: Mapped[str | None] = mapped_column(String(640), index=True)
    email_key: Mapped[str | None] = mapped_column(String(640))
    domain: Mapped[str | None] = mapped_column(String(320), index=True)
    search_text: Mapped[str] = mapped_column(Text)

    figures: Mapped[CustomerFigures | None] = relationship(
        CustomerFigures,
        primaryjoin=lambda: foreign(CustomerFigures.customer_id) == Customer.id,
        viewonly=True,
        uselist=False,
        lazy="joined",
    )

    @property
    def address(self) -> dict[str, str | None]:
        """The postal address as one value."""
        return {"street": self.street, "city": self.city, "postcode": self.postcode, "country": self.country}

    def check_not_archived(self) -> None:
        """Raises CustomerIsArchived: whatever hangs on an archived customer is read-only too."""
        if self.is_archived:
            raise CustomerIsArchived(f"{self.number} is archived and cannot be changed. Restore it first.")


class ExternalId(Base):
    """The id of a customer in another system; one a system, and never two customers under one id.

    The customer carries a copy, so that showing it asks no other table.
    """

    __tablename__ = "external_ids"
    __table_args__ = (UniqueConstraint("customer_id", "system"),)

    system: Mapped[str] = mapped_column(String(60), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))


class Contact(Versioned, Base):
    """The affiliation of an individual with an organization; an organization has at most one primary one."""

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("organization_id", "person_id"),
        Index(
            "uq_contacts_primary",
            "organization_id",
            unique=True,
            postgresql_where=text("is_primary"),
            sqlite_where=text("is_primary"),
        ),
    )

    organization_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    job_title: Mapped[str | None] = mapped_column(String(100))
    department: Mapped[str | None] = mapped_column(String(100))
    is_primary: Mapped[bool]

    organization: Mapped[Customer] = relationship(foreign_keys=[organization_id], lazy="selectin")
    person: Mapped[Customer] = relationship(foreign_keys=[person_id], lazy="selectin")
