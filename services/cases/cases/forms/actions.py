"""Defining web forms, and taking a submission: answers, case, workflow and events in one commit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.case_types.actions import workflow_key
from cases.casework.actions import draft_case, tell_opened
from cases.casework.case_workflow import start_workflow, workflow_for
from cases.casework.events import Autoresponder, FormSubmitted, SubmitterPersonal
from cases.casework.models import Case
from cases.casework.queries import type_named
from cases.casework.rules import Origin, Priority
from cases.forms.models import FormSubmission, WebForm
from cases.forms.rules import HONEYPOT, captured, check_fields, mapped, missing_contact
from cases.workflows.definitions.actions import KeyTaken
from cases.workflows.definitions.queries import startable
from servicekit.errors import FieldError, Invalid, one_field
from servicekit.fields import FieldSpec, FieldType, check_answers
from servicekit.ids import new_id
from servicekit.messaging.outbox import record


def create_form(session: Session, *, now: datetime, **values: Any) -> WebForm:
    """A new form; active ones can be submitted at once."""
    if session.scalars(select(WebForm.id).where(WebForm.key == values["key"])).first():
        detail = f"There already is a form with the key “{values['key']}”."
        raise KeyTaken(detail, fields=[FieldError(pointer="/key", code="taken", detail=detail)])
    form = WebForm(id=new_id("frm"), created_at=now, updated_at=now, **_checked(session, values, values))
    session.add(form)
    return form


def change_form(session: Session, form: WebForm, *, changes: Mapping[str, Any], now: datetime) -> WebForm:
    """Change a form; earlier submissions keep the labels and types that they were captured with."""
    names = ("fields", "is_active", "case_type", "workflow")
    whole = {**{name: getattr(form, name) for name in names}, **changes}
    for name, value in _checked(session, whole, changes).items():
        setattr(form, name, value)
    form.updated_at = now
    return form


def _checked(session: Session, whole: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes to store, once the form as a whole makes sense."""
    problems = check_fields(whole["fields"], is_active=whole["is_active"])
    if problems:
        fields = [FieldError(pointer=one.pointer, code=one.code, detail=one.detail) for one in problems]
        raise Invalid(problems[0].detail, fields=fields)
    type_named(session, whole["case_type"], pointer="/case_type")
    checked = dict(changes)
    if "workflow" in changes:
        checked["workflow"] = workflow_key(session, changes["workflow"], pointer="/workflow")
    return checked


def submit_form(session: Session, form: WebForm, *, answers: Mapping[str, Any], now: datetime) -> FormSubmission:
    """Keep the answers, open the case with its number, start its workflow and tell: all or nothing."""
    values = _check(form, answers)
    targets = mapped(form.fields, values)
    kept = captured(form.fields, values)
    submission_id = new_id("sub")
    case = draft_case(
        session,
        subject=str(targets.get("case.subject") or form.name)[:300],
        description=targets.get("case.description"),
        type=form.case_type,
        origin=Origin.WEB,
        priority=Priority(targets.get("case.priority", Priority.NORMAL)),
        answers=kept,
        form_key=form.key,
        submission_id=submission_id,
        now=now,
    )
    submission = FormSubmission(
        id=submission_id,
        form_id=form.id,
        case_id=case.id,
        case_number=case.number,
        answers=kept,
        created_at=now,
        updated_at=now,
    )
    session.add(submission)
    record(session, _told(form, submission, case, targets), about=submission, at=now)
    tell_opened(session, case, by=None, now=now)
    _start_workflow(session, form, case, now=now)
    return submission


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


def _told(form: WebForm, submission: FormSubmission, case: Case, targets: Mapping[str, Any]) -> FormSubmitted:
    """Only this event carries what the visitor said about themselves."""
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


def _start_workflow(session: Session, form: WebForm, case: Case, *, now: datetime) -> None:
    """The form's own workflow, else the case type's. One that was retired must not cost us the submission."""
    own = startable(session, form.workflow) if form.workflow else None
    type_ = type_named(session, case.type, pointer="/case_type")
    definition = own or workflow_for(session, chosen=None, is_chosen=False, type_=type_)
    if definition is not None:
        start_workflow(session, case, definition, cause="opened", by=None, now=now)
