"""Defining web forms, and taking a submission: answers, case, workflow and events in one commit."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from cases.case_types.queries import resolve_case_type
from cases.casework.actions import open_case
from cases.casework.models import Case
from cases.casework.rules import Origin, Priority, UsualWorkflow
from cases.forms.events import Autoresponder, FormSubmitted, SubmitterPersonal
from cases.forms.models import FormSubmission, WebForm
from cases.forms.rules import HONEYPOT, captured, check_fields, mapped, missing_contact
from cases.workflows.definitions.keys import must_be_free
from cases.workflows.definitions.queries import resolve_workflow_key
from servicekit.actor import Actor
from servicekit.errors import Invalid, one_field
from servicekit.fields import FieldSpec, FieldType, check_answers
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


def create_form(session: Session, *, by: Actor, **facts: Any) -> WebForm:
    """A new form; active ones can be submitted at once."""
    must_be_free(session, WebForm.key, facts["key"], noun="form")
    form = WebForm(id=new_id("frm"), created_at=by.now, updated_at=by.now, **_checked(session, facts, facts))
    session.add(form)
    return form


def update_form(session: Session, form: WebForm, *, by: Actor, changes: Mapping[str, Any]) -> WebForm:
    """Change a form; earlier submissions keep the labels and types that they were captured with."""
    names = ("fields", "is_active", "case_type", "workflow")
    whole = {**{name: getattr(form, name) for name in names}, **changes}
    for name, value in _checked(session, whole, changes).items():
        setattr(form, name, value)
    form.updated_at = by.now
    return form


def submit_form(session: Session, form: WebForm, *, by: Actor, answers: Mapping[str, Any]) -> FormSubmission:
    """Store the answers and open the case with its workflow: all or nothing.

    A workflow that was retired must not cost us the submission: then the one of the case type starts, or none.
    """
    values = _check(form, answers)
    targets = mapped(form.fields, values)
    submission = FormSubmission(
        id=new_id("sub"),
        form_id=form.id,
        answers=captured(form.fields, values),
        created_at=by.now,
        updated_at=by.now,
    )
    # Published before what it causes; the case is opened until then.
    record(session, lambda: _form_submitted(form, submission, case, targets), about=submission, at=by.now)
    case = open_case(
        session,
        by=by,
        subject=str(targets.get("case.subject") or form.name)[:300],
        type=form.case_type,
        origin=Origin.WEB,
        priority=Priority(targets.get("case.priority", Priority.NORMAL)),
        workflow=UsualWorkflow(preferred=form.workflow),
        description=targets.get("case.description"),
        answers=submission.answers,
        form_key=form.key,
        submission_id=submission.id,
    )
    submission.case_id, submission.case_number = case.id, case.number
    session.add(submission)
    return submission


def _checked(session: Session, whole: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes to store, once the form as a whole makes sense."""
    problems = check_fields(whole["fields"], is_active=whole["is_active"])
    if problems:
        raise Invalid(problems[0].detail, fields=problems)
    resolve_case_type(session, whole["case_type"], pointer="/case_type")
    checked = dict(changes)
    if "workflow" in changes:
        checked["workflow"] = resolve_workflow_key(session, changes["workflow"], pointer="/workflow")
    return checked


def _check(form: WebForm, answers: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: value.strip() if isinstance(value, str) else value for key, value in answers.items()}
    if given.pop(HONEYPOT, None):
        raise one_field(f"/answers/{HONEYPOT}", "not_for_people", "Leave this field empty.")
    values = check_answers(_specs(form.fields), given, where="/answers")
    missing = missing_contact(form.fields, mapped(form.fields, values))
    if missing:
        raise one_field(f"/answers/{missing}", "required", "How can we answer you? Give an e-mail or a phone number.")
    return values


def _specs(fields: Sequence[Mapping[str, Any]]) -> list[FieldSpec]:
    return [
        FieldSpec(
            key=field["key"],
            label=field["label"],
            type=FieldType(field["type"]),
            is_required=field.get("required", False),
            options=tuple(field.get("options") or ()),
        )
        for field in fields
    ]


def _form_submitted(form: WebForm, submission: FormSubmission, case: Case, targets: Mapping[str, Any]) -> FormSubmitted:
    """Only this event carries what the visitor answered about themselves."""
    answer = form.autoresponder
    return FormSubmitted(
        submission_id=submission.id,
        form_key=form.key,
        form_name=form.name,
        case_id=case.id,
        case_number=case.number,
        case_subject=case.subject,
        autoresponder=Autoresponder(subject=answer["subject"], text=answer["text"]) if answer else None,
        personal=SubmitterPersonal(
            name=targets.get("customer.name"),
            first_name=targets.get("customer.first_name"),
            last_name=targets.get("customer.last_name"),
            email=targets.get("customer.email"),
            phone=targets.get("customer.phone"),
            organization_name=targets.get("organization.name"),
        ),
    )
