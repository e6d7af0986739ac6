"""Web forms over HTTP: staff define them, visitors submit them."""

from html import escape

import marshmallow as ma
from flask import Response, jsonify, redirect, request
from sqlalchemy import Select, select

from cases.forms import actions, queries
from cases.forms.listing import FORM_SUBMISSIONS, FORMS
from cases.forms.models import FormSubmission, WebForm
from cases.forms.rules import return_address
from cases.forms.schemas import (
    FormCreate,
    FormDefinitionRead,
    FormRead,
    FormUpdate,
    SubmissionCreate,
    SubmissionRead,
    SubmissionReceipt,
    answers_in,
)
from servicekit.auth import PUBLIC
from servicekit.errors import Invalid
from servicekit.http.call import Call
from servicekit.http.request_parsing import FORM_TYPES
from servicekit.http.routes import Routes
from servicekit.http.schemas import field_errors

routes = Routes("forms")

MAX_SUBMISSION_BYTES = 128 * 1024


@routes.page("/forms", needs="cases:read", listing=FORMS, returns=FormRead)
def list_forms(call: Call) -> Select[WebForm]:
    """List web forms."""
    return select(WebForm)


@routes.post("/forms", needs="forms:admin", body=FormCreate, returns=FormRead, location="/api/v1/forms/{id}")
def create_form(call: Call) -> WebForm:
    """Create a web form."""
    return actions.create_form(call.session, by=call.by, **call.body)


@routes.get("/forms/<key>", needs="cases:read", returns=FormRead)
def get_form(call: Call, key: str) -> WebForm:
    """Show a web form, by its key or its id."""
    return queries.get_form(call.session, key)


@routes.patch("/forms/<key>", needs="forms:admin", body=FormUpdate, returns=FormRead)
def update_form(call: Call, key: str) -> WebForm:
    """Change a web form, or switch it on or off."""
    form = queries.get_form(call.session, key)
    call.check_version(form)
    return actions.update_form(call.session, form, by=call.by, changes=call.body)


@routes.get("/forms/<key>/definition", needs=PUBLIC, returns=FormDefinitionRead)
def get_form_definition(call: Call, key: str) -> WebForm:
    """Show the questions of an active form, as a page needs them to ask a visitor."""
    return queries.get_open_form(call.session, key)


@routes.page("/forms/<key>/submissions", needs="cases:read", listing=FORM_SUBMISSIONS, returns=SubmissionRead)
def list_form_submissions(call: Call, key: str) -> Select[FormSubmission]:
    """List what was submitted through a form, the newest first."""
    return queries.submissions_of(queries.get_form(call.session, key), call.principal)


@routes.post(
    "/forms/<key>/submissions",
    needs=PUBLIC,
    body=SubmissionCreate,
    returns=SubmissionReceipt,
    accepts_form=True,
    is_raw=True,
    max_bytes=MAX_SUBMISSION_BYTES,
)
def submit_form(call: Call, key: str) -> Response:
    """Submit a web form: a case is opened and its number answered.

    JSON gets 201 and the receipt. A plain HTML form gets 303 to the form's return page with `?case=…`, or a short
    page where it has none.
    """
    form = queries.get_open_form(call.session, key)
    is_form_post = request.mimetype in FORM_TYPES
    try:
        answers = answers_in(call.body, is_form_post=is_form_post)
    except ma.ValidationError as error:
        raise Invalid("This is not a submission.", fields=list(field_errors(error.messages))) from error
    submission = actions.submit_form(call.session, form, by=call.by, answers=answers)
    return _thanks(form, submission) if is_form_post else _receipt(submission)


def _receipt(submission: FormSubmission) -> Response:
    receipt = {
        "submission_id": submission.id,
        "case_id": submission.case_id,
        "case_number": submission.case_number,
        "message": f"Thank you. Your request has the number {submission.case_number}.",
    }
    answer = jsonify(SubmissionReceipt().dump(receipt))
    answer.status_code = 201
    return answer


def _thanks(form: WebForm, submission: FormSubmission) -> Response:
    if form.return_url:
        to: Response = redirect(return_address(form.return_url, submission.case_number), code=303)  # type: ignore[assignment]
        return to
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Thank you</title>'
        f"<h1>Thank you</h1><p>Your request has the number <b>{escape(submission.case_number)}</b>.</p></html>"
    )
    return Response(page, status=201, content_type="text/html; charset=utf-8")
