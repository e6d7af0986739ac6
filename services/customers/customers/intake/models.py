"""What became of each submitted form."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from customers.base import Base
from servicekit.database.versioned import Versioned


class Submission(Versioned, Base):
    """The customer that a submission was matched to, or made; its id is the submission's own."""

    __tablename__ = "submissions"

    case_id: Mapped[str] = mapped_column(String(40))
    form_key: Mapped[str] = mapped_column(String(100))
    customer_id: Mapped[str] = mapped_column(String(40), index=True)
    person_id: Mapped[str] = mapped_column(String(40), index=True)
    organization_id: Mapped[str | None] = mapped_column(String(40))
    was_created: Mapped[bool]
    remark: Mapped[str | None] = mapped_column(String(300))

    @property
    def contact_id(self) -> str | None:
        """The person, where the customer is their organization."""
        return self.person_id if self.organization_id else None
