"""Sends one form through the whole chain and says which link is broken, if one is."""

import argparse
import secrets
import sys
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

from ops.api import Api, Document, Refused, eventually
from ops.errors import Trouble
from ops.local.data_directory import Place, place_of

FORM = "self-check"
PATIENCE = 20.0
TOLD = frozenset({"form.submitted", "case.opened", "email.sent"})


def check(api: Api, place: Place, *, say: Callable[[str], None]) -> None:
    """Raise Trouble that names the first broken link; leaves a closed case and an archived customer behind."""
    mark = secrets.token_hex(4)
    _make_form(api)
    say("form")
    case_id, number = _submit(Api(api.url), mark)
    say(f"case {number}")
    customer_id = _customer_of(api, case_id, number)
    say("customer")
    _mail(place.mail, number, mark)
    say("e-mail")
    _timeline(api, customer_id, number)
    say("timeline")
    _tidy(api, case_id, customer_id)


def _make_form(api: Api) -> None:
    form = {
        "key": FORM,
        "name": "Self-check",
        "fields": [
            {"key": "name", "label": "Name", "type": "text", "required": True, "maps_to": "customer.name"},
            {"key": "email", "label": "E-mail", "type": "email", "required": True, "maps_to": "customer.email"},
            {"key": "subject", "label": "Subject", "type": "text", "required": True, "maps_to": "case.subject"},
        ],
        "autoresponder": {
            "subject": "We have your request",
            "text": "Thank you. Your request has the number {case_number}.",
        },
        "is_active": True,
    }
    try:
        api.post("/forms", form)
    except Refused as refusal:
        if refusal.status != 409:  # noqa: PLR2004 - Conflict: an earlier self-check made it
            raise Trouble(f"FORM: the cases service did not take a form. {refusal}") from refusal


def _submit(visitor: Api, mark: str) -> tuple[str, str]:
    answers = {
        "name": f"Self-check {mark}",
        "email": f"self-check-{mark}@demo.example",
        "subject": f"Self-check {mark}",
    }
    try:
        receipt = visitor.post(f"/forms/{FORM}/submissions", {"answers": answers})
    except Refused as refusal:
        raise Trouble(f"SUBMISSION: gateway → cases did not take it. {refusal}") from refusal
    return str(receipt["case_id"]), str(receipt["case_number"])


def _customer_of(api: Api, case_id: str, number: str) -> str:
    def linked() -> Document | None:
        case = api.get(f"/cases/{case_id}")
        return case if case["customer_id"] else None

    case = eventually(linked, PATIENCE)
    if case is None:
        raise Trouble(_late(f"CUSTOMER: case {number} has no customer", "cases-worker", "customers-worker"))
    return str(case["customer_id"])


def _mail(folder: Path, number: str, mark: str) -> None:
    def arrived() -> bool | None:
        return any(number in (text := _text_of(file)) and mark in text for file in folder.rglob("*.eml")) or None

    if not eventually(arrived, PATIENCE):
        raise Trouble(_late(f"E-MAIL: no answer for {number} in {folder}", "cases-worker", "notifications-worker"))


def _text_of(file: Path) -> str:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain", "html"))
    return f"{message['to']} {message['subject']} {body.get_content() if body else ''}"


def _timeline(api: Api, customer_id: str, number: str) -> None:
    def kinds() -> set[str]:
        return {item["kind"] for item in api.get(f"/customers/{customer_id}/timeline", limit="50")["data"]}

    if not eventually(lambda: kinds() >= TOLD or None, PATIENCE):
        missing = ", ".join(sorted(TOLD - kinds()))
        raise Trouble(
            _late(f"TIMELINE: {number}'s customer lacks {missing}", "customers-worker", "notifications-worker")
        )


def _tidy(api: Api, case_id: str, customer_id: str) -> None:
    for status in ("working", "resolved", "closed"):
        api.act(f"/cases/{case_id}", "transition", {"status": status})
    api.act(f"/customers/{customer_id}", "archive")


def _late(what: str, *programs: str) -> str:
    logs = " and ".join(f"var/log/{program}.log" for program in programs)
    return f"{what} after {PATIENCE:.0f} s.\nLook into {logs}, and: python3 crm.py parked list"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="crm.py selfcheck", description=__doc__)
    parser.add_argument("--data", help="the data folder, var/ if not said")
    place = place_of(parser.parse_args(arguments).data)
    check(Api(place.address(), place.demo_key.read_text()), place, say=lambda link: print(f"  {link}: ok"))
    print("The whole chain works.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(f"The self-check failed. {trouble}")
