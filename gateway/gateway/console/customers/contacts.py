"""Contacts: the people at an organization, the organizations that a person works for."""

from typing import Final

from gateway.console.page import cells
from gateway.console.page.rows import Row
from gateway.console.page.tables import Column, Table

CELLS: Final = "customers/cells.html"


def _job(row: Row, _key: str) -> str:
    return ", ".join(part for part in (row.get("job_title"), row.get("department")) if part) or "–"


CONTACTS: Final = Table(
    "Contacts",
    (
        Column("name", "Name", cells.from_template(CELLS, "contact"), phone=1),
        Column("is_primary", "Role", cells.from_template(CELLS, "primary"), phone=2, label_is_hidden=True),
        Column("job_title", "Job", _job, phone=3, muted=True),
        Column("email", "E-mail", cells.email, phone=4),
        Column("phone", "Phone", cells.phone),
    ),
)
ORGANIZATIONS: Final = Table(
    "Organizations",
    (
        Column("organization_name", "Organization", cells.from_template(CELLS, "organization"), phone=1),
        Column("is_primary", "Role", cells.from_template(CELLS, "primary_contact"), phone=2),
        Column("job_title", "Job", _job, phone=3, muted=True),
    ),
)
