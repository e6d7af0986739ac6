"""E-mails over HTTP: what was sent to whom, what became of it, and another try."""

from typing import Any

from sqlalchemy import Select

from notifications.mail import actions, queries
from notifications.mail.models import Email
from notifications.mail.rendering import render, restored
from notifications.mail.rules import EmailState
from notifications.mail.schemas import EmailCreate, EmailDetail, EmailRead, MailSummaryRead, TemplatesRead
from notifications.mail.templates import KINDS, Kind
from notifications.projections.queries import is_customer_known
from servicekit.http.call import Call
from servicekit.http.filters import instant, text
from servicekit.http.listing import Listing
from servicekit.http.routes import Routes

routes = Routes("emails")

EMAILS = Listing(
    id=Email.id,
    filters={
        "state": text(Email.state, choices=EmailState),
        "kind": text(Email.kind),
        "case_id": text(Email.case_id),
        "order_id": text(Email.order_id),
        "customer_id": text(Email.customer_id),
        "to": text(Email.to),
        "created_at": instant(Email.created_at),
    },
    sorts={"created_at": Email.created_at},
    default_sort="-created_at",
    search=lambda q: Email.subject.icontains(q, autoescape=True) | Email.to.icontains(q, autoescape=True),
)


@routes.page("/emails", needs="notifications:read", listing=EMAILS, returns=EmailRead)
def list_emails(call: Call) -> Select[Email]:
    """E-mails and what became of them."""
    return queries.visible_emails(call.principal)


@routes.post(
    "/emails",
    needs="customers:write",
    body=EmailCreate,
    returns=EmailDetail,
    location="/api/v1/emails/{id}",
    waits_for=lambda session, body: is_customer_known(session, body["customer_id"]),
)
def write_email(call: Call) -> Email:
    """Write to a customer.

    An organization is written to at its primary contact unless `contact_id` names another one. The answer goes to the
    writer's own mailbox, or to the case where the installation reads mail.
    """
    return _with_text(call, actions.write_to_customer(call.session, call.principal, call.body, now=call.now))


@routes.get("/emails/summary", needs="notifications:read", returns=MailSummaryRead)
def summarise_emails(call: Call) -> dict[str, Any]:
    """Whether mail goes out: how many are in each state, since when the oldest waits, when the last was sent."""
    return queries.summarise(call.session)


@routes.get("/emails/<id>", needs="notifications:read", returns=EmailDetail)
def show_email(call: Call, id: str) -> Email:
    """One e-mail with its text."""
    return _with_text(call, queries.get_email(call.session, call.principal, id))


@routes.action("/emails/<id>:retry", needs="notifications:write", returns=EmailDetail)
def retry_email(call: Call, id: str) -> Email:
    """Try a failed, unknown or held e-mail again.

    One whose fate is unknown may arrive a second time; it says so in `is_maybe_double`.
    """
    email = queries.get_email(call.session, call.principal, id)
    call.check_version(email)
    return _with_text(call, actions.retry_email(email, now=call.now))


@routes.get("/templates", needs="notifications:read", returns=TemplatesRead)
def list_templates(call: Call) -> dict[str, list[Kind]]:
    """The kinds of e-mail that are sent."""
    return {"data": list(KINDS.values())}


def _with_text(call: Call, email: Email) -> Email:
    email.text = render(restored(email.letter), call.settings).text
    return email
