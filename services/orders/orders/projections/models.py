"""The projection of a customer: what an order needs to know of it, as the customers service published it last."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from orders.base import Base
from servicekit.database.types import UtcDateTime


class CustomerProjection(Base):
    """A local read model: `sequence` is the customer's version that it shows; an older event never overwrites it."""

    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Text, index=True)
    owner_id: Mapped[str | None] = mapped_column(String(40), index=True)
    team_id: Mapped[str | None] = mapped_column(String(40), index=True)
    is_archived: Mapped[bool]
    is_blocked: Mapped[bool]
    published_at: Mapped[datetime] = mapped_column("heard_at", UtcDateTime)
