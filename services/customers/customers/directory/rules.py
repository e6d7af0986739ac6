"""What holds for every customer: kinds and states, and how what a caller typed is read."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from servicekit.addresses import UnreadableAddress, fold, normal_phone, shown_email
from servicekit.errors import Conflict, FieldError, Invalid

_FREE_MAIL = frozenset(
    {
        "aol.com", "fastmail.com", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net", "googlemail.com",
        "hotmail.co.uk", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com",
        "mail.com", "mail.ru", "me.com", "msn.com", "orange.fr", "outlook.com", "outlook.de", "posteo.de", "proton.me",
        "protonmail.com", "qq.com", "sapo.pt", "t-online.de", "tutanota.com", "web.de", "wp.pl", "yahoo.co.uk",
        "yahoo.com", "yahoo.fr", "yandex.ru", "ymail.com", "zoho.com", "163.com", "126.com",
    }
)  # fmt: skip
_ADDRESS = ("street", "city", "postcode", "country")


class CustomerKind(StrEnum):
    """A company or a human being."""

    ORGANIZATION = "organization"
    INDIVIDUAL = "individual"


class CustomerStatus(StrEnum):
    """Not yet bought, paying, no recent activity, left."""

    PROSPECT = "prospect"
    ACTIVE = "active"
    INACTIVE = "inactive"
    CHURNED = "churned"


class CustomerIsArchived(Conflict):
    """An archived customer is read-only."""

    title = "This customer is archived"


class CustomerIsInThatState(Conflict):
    """The step would change nothing: the caller has an old picture of the customer."""

    title = "The customer is in that state already"


class DuplicateCustomer(Conflict):
    """Another customer of the kind has the e-mail; the problem names it in `existing` where the caller may see it."""

    title = "There is a customer with this e-mail"


class ExternalIdTaken(Conflict):
    """Another customer carries that id of that system."""

    title = "Another customer has this external id"


def readable(details: Mapping[str, Any], *, country: str | None = None) -> dict[str, Any]:
    """What a caller typed, trimmed and with the address as fields of its own; raises Invalid with every wrong field."""
    values = {name: _trimmed(value) for name, value in details.items() if name != "address"}
    if "address" in details:
        values.update(details["address"] or dict.fromkeys(_ADDRESS))
    readers: dict[str, Callable[[str], str]] = {
        "email": shown_email,
        "phone": partial(normal_phone, country=values.get("country") or country),
        "website": normal_website,
    }
    wrong = []
    for name, read in readers.items():
        try:
            values.update({name: read(values[name])} if values.get(name) else {})
        except UnreadableAddress as error:
            wrong.append(FieldError(pointer=f"/{name}", code=f"invalid_{name}", detail=str(error)))
    if wrong:
        raise Invalid(wrong[0].detail, fields=wrong)
    return values


def _trimmed(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


def company_domain(*, email: str | None, website: str | None) -> str | None:
    """The organization's own internet domain: of its e-mail, unless everybody may have one there, else of its site."""
    domain = email.rpartition("@")[2] if email else ""
    if domain and domain not in _FREE_MAIL:
        return domain
    host = urlsplit(website).hostname if website else None
    return (host or "").removeprefix("www.") or None


def normal_website(text: str) -> str:
    """With its scheme, https unless it says http.

    Raises UnreadableAddress, also for schemes that a browser would run.
    """
    wanted = text.strip()
    address = wanted if "://" in wanted else f"https://{wanted}"
    try:
        parts = urlsplit(address)
        is_site = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    except ValueError:
        is_site = False
    if not is_site or any(c.isspace() for c in address):
        raise UnreadableAddress(f"{wanted!r} is not a web address: write it like https://example.com.")
    return address


def full_name(*, name: str | None, first_name: str | None, last_name: str | None) -> str:
    """The name given, else first and last name, else nothing."""
    return (name or " ".join(part for part in (first_name, last_name) if part)).strip()


def what_is_missing(*, name: str, email: str | None, phone: str | None) -> list[FieldError]:
    """A customer needs a name, and an e-mail or a phone number."""
    missing = []
    if not name:
        missing.append(FieldError(pointer="/name", code="required", detail="Give a name, or a first and a last name."))
    if not email and not phone:
        missing.append(FieldError(pointer="/email", code="required", detail="Give an e-mail or a phone number."))
    return missing


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Field by field what `after` makes different."""
    return [
        {"field": name, "before": before[name], "after": value}
        for name, value in after.items()
        if before[name] != value
    ]


def merged(wanted: Mapping[str, str | None], known: Mapping[str, str]) -> dict[str, str]:
    """External ids after a merge patch: null takes one away."""
    return {system: one for system, one in {**known, **wanted}.items() if one is not None}


def search_text(*, number: str, name: str, email: str | None, phone: str | None, people: Iterable[str]) -> str:
    """Everything by which a customer is found, in comparable form; `people` are names and e-mails of its contacts."""
    parts = [number, name, email or "", (phone or "").removeprefix("+"), *people]
    return "\n".join(fold(part) for part in parts if part)
