"""Identify who sent a form: matched by e-mail, else created; the company by its name or domain."""

from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session

from customers.contacts.actions import affiliate_person
from customers.contacts.queries import between
from customers.directory import queries
from customers.directory.actions import enter_customer
from customers.directory.models import Customer
from customers.directory.rules import CustomerIsArchived, CustomerKind, DuplicateCustomer, company_domain
from customers.intake.events import SubmitterIdentified
from customers.intake.models import Submission
from customers.intake.rules import Submitter, remark_on_matches
from servicekit.actor import Actor
from servicekit.addresses import fold
from servicekit.database.locks import advisory_lock
from servicekit.errors import NotYet
from servicekit.messaging.outbox import record

_LOOKED_AT = 10


@dataclass(frozen=True, kw_only=True)
class IdentifiedCustomer:
    """A customer, whether it is new, and the remark that the match deserves."""

    customer: Customer
    was_created: bool
    remark: str | None = None


def identify_submitter(session: Session, submitter: Submitter, *, by: Actor) -> Submission | None:
    """Who sent the form; None where it says neither e-mail nor phone number. The second time gives the first answer."""
    known = session.get(Submission, submitter.submission_id)
    if known is not None:
        return known
    if not (submitter.readable_email or submitter.readable_phone):
        return None
    advisory_lock(session, *_keys(submitter))
    person = _find_person(session, submitter) or _make_person(session, submitter, by)
    organization = _organization_of(session, submitter, by)
    if organization is not None and _belongs_to(organization, submitter):
        _join(session, organization, person, by)
    customer = (organization or person).customer
    submission = Submission(
        id=submitter.submission_id,
        case_id=submitter.case_id,
        form_key=submitter.form_key,
        customer_id=customer.id,
        person_id=person.customer.id,
        organization_id=organization.customer.id if organization else None,
        was_created=person.was_created or (organization is not None and organization.was_created),
        remark=person.remark or (organization.remark if organization else None),
        created_at=by.now,
        updated_at=by.now,
    )
    session.add(submission)
    record(session, _identified(submission), about=submission, at=by.now)
    return submission


def _keys(submitter: Submitter) -> list[str]:
    """What two forms must not look for at the same time, or both would make it."""
    domain = company_domain(email=submitter.readable_email, website=None)
    named = {"email": submitter.readable_email, "phone": submitter.readable_phone, "domain": domain}
    keys = [f"{kind}:{value}" for kind, value in named.items() if value]
    return [*keys, f"organization:{fold(submitter.organization)}"] if submitter.organization else keys


def _find_person(session: Session, submitter: Submitter) -> IdentifiedCustomer | None:
    email, phone = submitter.readable_email, submitter.readable_phone
    if email:
        return _oldest(session, queries.with_email(CustomerKind.INDIVIDUAL, email))
    if phone:
        return _oldest(session, queries.with_phone_and_name(CustomerKind.INDIVIDUAL, phone, submitter.shown_name))
    return None


def _make_person(session: Session, submitter: Submitter, by: Actor) -> IdentifiedCustomer:
    values = {
        "kind": CustomerKind.INDIVIDUAL,
        "name": submitter.shown_name,
        "first_name": submitter.first_name,
        "last_name": submitter.last_name,
        "email": (submitter.email or "").strip() if submitter.readable_email else None,
        "phone": submitter.readable_phone,
        "language": submitter.language,
        "source": _source(submitter),
    }
    return IdentifiedCustomer(customer=_enter(session, values, by), was_created=True)


def _organization_of(session: Session, submitter: Submitter, by: Actor) -> IdentifiedCustomer | None:
    name = submitter.organization
    if name is None:
        return None
    found = _oldest(session, queries.organizations_named(name))
    domain = company_domain(email=submitter.readable_email, website=None)
    if found is None and domain is not None:
        found = _oldest(session, queries.organizations_of_domain(domain))
    if found is not None:
        return found
    values = {
        "kind": CustomerKind.ORGANIZATION,
        "name": name,
        "website": f"https://{domain}" if domain else None,
        "language": submitter.language,
        "source": _source(submitter),
    }
    return IdentifiedCustomer(customer=_enter(session, values, by), was_created=True)


def _oldest(session: Session, matches: Select[Customer]) -> IdentifiedCustomer | None:
    found = session.scalars(matches.limit(_LOOKED_AT)).all()
    if not found:
        return None
    remark = remark_on_matches(numbers=[one.number for one in found])
    return IdentifiedCustomer(customer=found[0], was_created=False, remark=remark)


def _enter(session: Session, values: dict[str, str | None], by: Actor) -> Customer:
    try:
        return enter_customer(session, by=by, values=values)
    except DuplicateCustomer as error:
        # Another transaction added the same person in this moment: the next try will find it.
        raise NotYet(error.detail) from error


def _belongs_to(organization: IdentifiedCustomer, submitter: Submitter) -> bool:
    """Anyone can type a company's name: only who made it, or writes from its domain, becomes its contact."""
    domain = company_domain(email=submitter.readable_email, website=None)
    return organization.was_created or (domain is not None and domain == organization.customer.domain)


def _join(session: Session, organization: IdentifiedCustomer, person: IdentifiedCustomer, by: Actor) -> None:
    one_is_new = organization.was_created or person.was_created
    joined = between(organization.customer.id, person.customer.id)
    if one_is_new or session.scalars(joined).one_or_none() is None:
        try:
            affiliate_person(session, person.customer, by=by, organization=organization.customer)
        except CustomerIsArchived as error:
            # Archived in this moment: the next try will find another one, or make it.
            raise NotYet(error.detail) from error


def _source(submitter: Submitter) -> str:
    return f"form:{submitter.form_key}"[:60]


def _identified(submission: Submission) -> SubmitterIdentified:
    return SubmitterIdentified(
        submission_id=submission.id,
        case_id=submission.case_id,
        customer_id=submission.customer_id,
        person_id=submission.person_id,
        organization_id=submission.organization_id,
        was_created=submission.was_created,
    )
