"""E-mails over HTTP: what was sent to whom, what became of it, and another try."""

from typing import Any

from sqlalchemy import Select

from notifications.mail import actions, queries
from notifications.mail.listing import EMAILS
from notifications.mail.models import Email
from notifications.mail.rendering import load_content, render
from notifications.mail.schemas import EmailCreate, EmailDetail, EmailRead, MailSummaryRead, TemplatesRead
from notifications.mail.templates import KINDS, EmailKind
from notifications.projections.queries import get_visible_case, get_visible_mailbox, is_customer_known
from servicekit.http.call import Call
from servicekit.http.routes import Routes

routes = Routes("emails")


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
    customer_id, case_id = call.body["customer_id"], call.body["case_id"]
    mailbox = get_visible_mailbox(
        call.session, call.principal, customer_id=customer_id, contact_id=call.body["contact_id"]
    )
    email = actions.write_email(
        call.session,
        by=call.by,
        customer_id=customer_id,
        mailbox=mailbox,
        case=get_visible_case(call.session, call.principal, case_id) if case_id else None,
        subject=call.body["subject"],
        text=call.body["text"],
    )
    return _with_text(call, email)


@routes.get("/emails/summary", needs="notifications:read", returns=MailSummaryRead)
def get_email_summary(call: Call) -> dict[str, Any]:
    """Whether mail goes out: how many are in each state, since when the oldest waits, when the last was sent."""
    return queries.email_summary(call.session)


@routes.get("/emails/<id>", needs="notifications:read", returns=EmailDetail)
def get_email(call: Call, id: str) -> Email:
    """One e-mail with its text."""
    return _with_text(call, queries.get_email(call.session, call.principal, id))


@routes.action("/emails/<id>:retry", needs="notifications:write", returns=EmailDetail)
def retry_email(call: Call, id: str) -> Email:
    """Try a failed, unknown or held e-mail again.

    One whose fate is unknown may arrive a second time; it says so in `is_maybe_double`.
    """
    email = queries.get_email(call.session, call.principal, id)
    call.check_version(email)
    return _with_text(call, actions.retry_email(call.session, email, by=call.by))


@routes.get("/templates", needs="notifications:read", returns=TemplatesRead)
def list_email_templates(call: Call) -> dict[str, list[EmailKind]]:
    """The kinds of e-mail that are sent."""
    return {"data": list(KINDS.values())}


def _with_text(call: Call, email: Email) -> Email:
    email.text = render(load_content(email.content), call.settings).text
    return email
