"""What can be read of what a visitor typed. A form is never refused here: what cannot be read is left out."""

from dataclasses import dataclass

from customers.directory.rules import full_name
from servicekit.addresses import UnreadableAddress, normal_email, normal_phone


@dataclass(frozen=True, kw_only=True)
class Submitter:
    """What a form said about the person who sent it."""

    submission_id: str
    case_id: str
    form_key: str
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    organization_name: str | None = None
    language: str | None = None

    @property
    def readable_email(self) -> str | None:
        """The e-mail in comparable form, if it is one."""
        try:
            return normal_email(self.email) if self.email else None
        except UnreadableAddress:
            return None

    @property
    def readable_phone(self) -> str | None:
        """The phone number in E.164, if it is one."""
        try:
            return normal_phone(self.phone) if self.phone else None
        except UnreadableAddress:
            return None

    @property
    def shown_name(self) -> str:
        """The name given, else what is before the @, else the phone number."""
        given = full_name(name=self.name, first_name=self.first_name, last_name=self.last_name)
        local_part = (self.readable_email or "").partition("@")[0]
        return (given or local_part or self.readable_phone or "")[:200]

    @property
    def organization(self) -> str | None:
        """The company that the form named."""
        return (self.organization_name or "").strip()[:200] or None


def remark_on_matches(*, numbers: list[str]) -> str | None:
    """Where several customers fit, the oldest was taken, and somebody should know."""
    if len(numbers) < 2:  # noqa: PLR2004 - one match is no choice
        return None
    return f"{len(numbers)} customers match: {', '.join(numbers[:10])}. The oldest was taken."
