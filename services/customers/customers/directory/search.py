"""What customers are searched and compared by: folded names, normal e-mails, and one text of all that finds them."""

from sqlalchemy import ColumnElement, and_, bindparam, inspect, select, true, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

from customers.directory import rules
from customers.directory.models import Contact, Customer
from customers.directory.rules import CustomerKind
from servicekit.addresses import fold, normal_email, search_words

_PERSON = aliased(Customer)
_PEOPLE = (
    select(_PERSON.name, _PERSON.email)
    .join(Contact, Contact.person_id == _PERSON.id)
    .where(Contact.organization_id == bindparam("id"))
)


def matching(query: str) -> ColumnElement[bool]:
    """Every word of `query` is in the name, e-mail, phone, number or a contact's name."""
    found = (Customer.search_text.contains(word, autoescape=True) for word in search_words(query))
    return and_(true(), *found)


def set_comparable_forms(session: Session, customer: Customer) -> None:
    """After its fields changed: the forms in which it is compared and searched; a changed e-mail is nobody's yet."""
    customer.name_search = fold(customer.name)
    email_norm = normal_email(customer.email) if customer.email else None
    if customer.email_norm != email_norm:
        customer.email_norm, customer.email_key = email_norm, None
    is_organization = customer.kind == CustomerKind.ORGANIZATION
    customer.domain = rules.company_domain(email=email_norm, website=customer.website) if is_organization else None
    customer.search_text = _search_text(session, customer)


def refresh_search_text(session: Session, organization: Customer) -> None:
    """An organization is found by the names of its people; that is no change of its own, so its version stays."""
    session.flush()
    text = _search_text(session, organization)
    session.execute(update(Customer).where(Customer.id == organization.id).values(search_text=text))
    set_committed_value(organization, "search_text", text)


def _search_text(session: Session, customer: Customer) -> str:
    people: list[str] = []  # of a new one nobody is a contact yet
    if inspect(customer).persistent:
        people = [part for row in session.execute(_PEOPLE, {"id": customer.id}) for part in row if part is not None]
    return rules.search_text(
        number=customer.number, name=customer.name, email=customer.email_norm, phone=customer.phone, people=people
    )
