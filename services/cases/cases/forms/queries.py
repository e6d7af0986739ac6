"""Reading web forms and submissions."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from cases.casework.models import Case
from cases.casework.queries import visible_cases
from cases.forms.models import FormSubmission, WebForm
from servicekit.auth import Principal
from servicekit.errors import NotFound


def get_form(session: Session, id_or_key: str) -> WebForm:
    """By its id or its key; raises NotFound."""
    form = session.scalars(select(WebForm).where(or_(WebForm.id == id_or_key, WebForm.key == id_or_key))).one_or_none()
    if form is None:
        raise NotFound(f"There is no form “{id_or_key[:60]}”.")
    return form


def get_open_form(session: Session, key: str) -> WebForm:
    """A form that visitors may submit; one that is switched off does not exist for them."""
    form = get_form(session, key)
    if not form.is_active:
        raise NotFound(f"There is no form “{key[:60]}”.")
    return form


def submissions_of(form: WebForm, principal: Principal) -> Select[FormSubmission]:
    """Those whose cases this caller may see: the answers are the case's."""
    mine = visible_cases(principal).with_only_columns(Case.id)
    return select(FormSubmission).where(FormSubmission.form_id == form.id, FormSubmission.case_id.in_(mine))


def matches(text: str) -> ColumnElement[bool]:
    """Search: name or key."""
    return or_(WebForm.name.icontains(text, autoescape=True), WebForm.key.icontains(text, autoescape=True))
