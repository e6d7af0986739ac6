"""The fields of a customer, as the forms of a new one and of an edit have them."""

from typing import Any, Final

from gateway.console.page.forms import Form

FIELDS: Final = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
    "website": "Website",
    "industry": "Industry",
    "description": "Description",
    "owner_id": "Owner",
}
ADDRESS: Final = {"street": "Street", "city": "City", "postcode": "Postcode", "country": "Country"}
NAMES_OF: Final = {"organization": ("name",), "individual": ("first_name", "last_name")}
COMMON: Final = tuple(name for name in FIELDS if name not in {"name", "first_name", "last_name"})


def check(form: Form, kind: str) -> None:
    """The errors that need no service to see."""
    form.require(NAMES_OF[kind][-1], "Enter a name.")
    if not form.value("email") and not form.value("phone"):
        form.errors["email"] = "Enter an e-mail or a phone number."


def address_of(form: Form) -> dict[str, str | None]:
    """The address as the API takes it."""
    return {name: (form.value(name).upper() if name == "country" else form.value(name)) or None for name in ADDRESS}


def values_of(customer: dict[str, Any]) -> dict[str, str]:
    """The values that the form opens with."""
    address = customer.get("address") or {}
    names = [*NAMES_OF[customer["kind"]], *COMMON]
    return {name: customer.get(name) or "" for name in names} | {name: address.get(name) or "" for name in ADDRESS}
