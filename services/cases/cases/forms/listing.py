"""How web forms and their submissions are filtered, sorted and searched."""

from cases.forms import queries
from cases.forms.models import FormSubmission, WebForm
from servicekit.http.filters import flag, instant, text
from servicekit.http.listing import Listing

FORMS = Listing(
    id=WebForm.id,
    filters={"is_active": flag(WebForm.is_active), "key": text(WebForm.key), "case_type": text(WebForm.case_type)},
    sorts={"name": WebForm.name, "created_at": WebForm.created_at},
    default_sort="name",
    search=queries.matches,
)
FORM_SUBMISSIONS = Listing(
    id=FormSubmission.id,
    filters={"created_at": instant(FormSubmission.created_at), "case_id": text(FormSubmission.case_id)},
    sorts={"created_at": FormSubmission.created_at},
    default_sort="-created_at",
)
