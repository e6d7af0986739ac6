"""Web forms and submissions on the wire."""

from typing import Any
from urllib.parse import urlsplit

from marshmallow import INCLUDE, ValidationError, fields, validate

from cases.case_types.schemas import WORKFLOW
from cases.casework.schemas import AnswerRead
from cases.forms.rules import MAX_FIELDS
from cases.workflows.definitions.schemas import KEY, NAME, NEW_KEY
from servicekit.fields import FieldType
from servicekit.http.schemas import Instant, Schema

FIELD_KEY = validate.Regexp(r"^[a-z][a-z0-9_]{0,59}\Z", error="Use a–z, 0–9 and _, starting with a letter.")


def _is_web_address(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValidationError("Give a whole address such as https://example.com/thanks.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValidationError("Give a whole address such as https://example.com/thanks.")


class FormField(Schema):
    """One question; `maps_to` says where its answer goes besides the case's list of answers."""

    key = fields.String(required=True, validate=FIELD_KEY)
    label = fields.String(required=True, validate=NAME)
    type = fields.String(load_default="text", validate=validate.OneOf(list(FieldType)))
    required = fields.Boolean(load_default=False)
    options = fields.List(fields.String(validate=NAME), load_default=list, validate=validate.Length(max=200))
    maps_to = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=60))
    help = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=1000))


class AutoresponderShape(Schema):
    """What the visitor is answered; `{case_number}` stands for the number of the new case."""

    subject = fields.String(required=True, validate=validate.Length(min=1, max=200))
    text = fields.String(required=True, validate=validate.Length(min=1, max=10_000))


class FormUpdate(Schema):
    name = fields.String(validate=NAME)
    fields_ = fields.List(
        fields.Nested(FormField), data_key="fields", attribute="fields", validate=validate.Length(max=MAX_FIELDS)
    )
    case_type = fields.String(validate=KEY)
    workflow = fields.String(allow_none=True, validate=WORKFLOW)
    return_url = fields.String(allow_none=True, validate=[validate.Length(max=2000), _is_web_address])
    autoresponder = fields.Nested(AutoresponderShape, allow_none=True)
    is_active = fields.Boolean()


class FormCreate(Schema):
    """Without a workflow of its own a form starts the one of its case type."""

    key = fields.String(required=True, validate=NEW_KEY)
    name = fields.String(required=True, validate=NAME)
    fields_ = fields.List(
        fields.Nested(FormField),
        data_key="fields",
        attribute="fields",
        required=True,
        validate=validate.Length(min=1, max=MAX_FIELDS),
    )
    case_type = fields.String(load_default="general", validate=KEY)
    workflow = fields.String(allow_none=True, load_default=None, validate=WORKFLOW)
    return_url = fields.String(
        allow_none=True, load_default=None, validate=[validate.Length(max=2000), _is_web_address]
    )
    autoresponder = fields.Nested(AutoresponderShape, allow_none=True, load_default=None)
    is_active = fields.Boolean(load_default=True)


class FormRead(Schema):
    id = fields.String()
    key = fields.String()
    name = fields.String()
    fields_ = fields.List(fields.Nested(FormField), data_key="fields", attribute="fields")
    case_type = fields.String()
    workflow = fields.String(allow_none=True)
    return_url = fields.String(allow_none=True)
    autoresponder = fields.Nested(AutoresponderShape, allow_none=True)
    is_active = fields.Boolean()
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()


class PublicFieldRead(Schema):
    key = fields.String()
    label = fields.String()
    type = fields.String()
    required = fields.Boolean()
    options = fields.List(fields.String())
    help = fields.String(allow_none=True)


class FormDefinitionRead(Schema):
    """A form as a page needs it to show it to a visitor: nothing of what happens behind it."""

    key = fields.String()
    name = fields.String()
    fields_ = fields.List(fields.Nested(PublicFieldRead), data_key="fields", attribute="fields")


class SubmissionCreate(Schema):
    """As JSON: `{"answers": {key: value}}`. As an HTML form: the fields themselves, under their keys."""

    answers = fields.Raw(metadata={"type": "object", "additionalProperties": True})

    class Meta:
        """An HTML form's own fields are named by its author; the form's definition checks them."""

        unknown = INCLUDE


class SubmissionReceipt(Schema):
    """What the visitor may know: the number to quote."""

    submission_id = fields.String()
    case_id = fields.String()
    case_number = fields.String()
    message = fields.String()


class SubmissionRead(Schema):
    """A submission as it was captured."""

    id = fields.String()
    case_id = fields.String()
    case_number = fields.String()
    answers = fields.List(fields.Nested(AnswerRead))
    version = fields.Integer()
    created_at = Instant()


def answers_in(body: dict[str, Any], *, is_form_post: bool) -> dict[str, Any]:
    """The answers of either kind of body; raises ValidationError for a JSON body of another shape."""
    if is_form_post:
        return body
    answers = body.get("answers")
    if not isinstance(answers, dict):
        raise ValidationError({"answers": ["Send the answers as an object: field key and value."]})
    unknown = {name: ["Unknown field."] for name in body if name != "answers"}
    if unknown:
        raise ValidationError(unknown)
    return answers
