"""The consumer that identifies who submitted a form, and adds the form to the timeline of who it was."""

from sqlalchemy.orm import Session

from customers.intake.actions import identify_submitter
from customers.intake.payloads import FormPayload
from customers.intake.rules import Submitter
from customers.timeline.actions import EntrySubject, NewEntry, add_entry
from servicekit.messaging.consumers import Consumers, ReceivedEvent

consumers = Consumers()


@consumers.on("form.submitted.v1", reads=FormPayload)
def on_form_submitted(session: Session, event: ReceivedEvent[FormPayload]) -> None:
    """Find or create the customer; the entry waits for the link of its case where nobody could be identified."""
    form = event.data
    submission = identify_submitter(session, _submitter(form), by=event.by)
    new = NewEntry(
        kind="form.submitted",
        body=submission.remark if submission else None,
        subject=EntrySubject(type="case", id=form.case_id, number=form.case_number),
        customer_id=submission.customer_id if submission else None,
        contact_id=submission.contact_id if submission else None,
        case_id=form.case_id,
        source_event=event.id,
        data={
            "form_key": form.form_key,
            "form_name": form.form_name,
            "submission_id": form.submission_id,
            "case_subject": form.case_subject,
        },
    )
    add_entry(session, new, by=event.by)


def _submitter(form: FormPayload) -> Submitter:
    personal = form.personal
    return Submitter(
        submission_id=form.submission_id,
        case_id=form.case_id,
        form_key=form.form_key,
        name=personal.name,
        first_name=personal.first_name,
        last_name=personal.last_name,
        email=personal.email,
        phone=personal.phone,
        organization_name=personal.organization_name,
        language=personal.language,
    )
