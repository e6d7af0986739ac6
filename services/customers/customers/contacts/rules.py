"""Who can be a contact of whom."""

from customers.directory.rules import CustomerKind
from servicekit.errors import Conflict, one_field


class AlreadyContact(Conflict):
    """The person is a contact of the organization; the problem names it in `existing`."""

    title = "This person is a contact already"


class NotAnOrganization(Conflict):
    """Only organizations have contacts."""

    title = "Only an organization has contacts"


def refuse_person(kind: str) -> None:
    """Raises NotAnOrganization."""
    if kind != CustomerKind.ORGANIZATION:
        raise NotAnOrganization("An individual has no contacts. Add this person to an organization instead.")


def refuse_organization(kind: str) -> None:
    """Raises Invalid: a contact is a human being."""
    if kind != CustomerKind.INDIVIDUAL:
        raise one_field("/person_id", "not_an_individual", "A contact is an individual; this is an organization.")
