"""Tables of web forms and of what was submitted through them."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cases.base import Base
from servicekit.database.types import Json
from servicekit.database.versioned import Versioned


class WebForm(Versioned, Base):
    """What a form asks, where its answers go, and what a submission starts."""

    __tablename__ = "web_forms"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    fields: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    case_type: Mapped[str] = mapped_column(String(60))
    workflow: Mapped[str | None] = mapped_column(String(60))
    return_url: Mapped[str | None] = mapped_column(String(2000))
    autoresponder: Mapped[dict[str, Any] | None] = mapped_column(Json)
    is_active: Mapped[bool]


class FormSubmission(Versioned, Base):
    """The answers exactly as they were captured, and the case that they opened."""

    __tablename__ = "form_submissions"
    __table_args__ = (Index("ix_form_submissions_form_id_created_at_id", "form_id", "created_at", "id"),)

    form_id: Mapped[str] = mapped_column(ForeignKey("web_forms.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), unique=True)
    case_number: Mapped[str] = mapped_column(String(20))
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json)
