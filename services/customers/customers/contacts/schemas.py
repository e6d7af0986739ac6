"""What contacts take and show."""

from marshmallow import fields, validate

from servicekit.http.schemas import Instant, Schema


def _text(longest: int) -> fields.String:
    return fields.String(allow_none=True, validate=validate.Length(max=longest))


class ContactUpdate(Schema):
    """A contact: name, e-mail and phone are those of the person, the rest is the job in this organization."""

    name = _text(200)
    first_name = _text(100)
    last_name = _text(100)
    email = _text(320)
    phone = _text(40)
    job_title = _text(100)
    department = _text(100)
    is_primary = fields.Boolean()


class ContactCreate(ContactUpdate):
    """A new contact: somebody who is in the directory (`person_id`, or the e-mail says so), or a new person."""

    person_id = fields.String(validate=validate.Length(max=40))


class ContactRead(Schema):
    """A contact of an organization."""

    id = fields.String()
    organization_id = fields.String()
    organization_name = fields.String(attribute="organization.name")
    person_id = fields.String()
    person_number = fields.String(attribute="person.number")
    name = fields.String(attribute="person.name")
    email = fields.String(attribute="person.email", allow_none=True)
    phone = fields.String(attribute="person.phone", allow_none=True)
    job_title = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    is_primary = fields.Boolean()
    version = fields.Integer()
    created_at = Instant()
    updated_at = Instant()
