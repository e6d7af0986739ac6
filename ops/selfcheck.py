"""Sends one form through the whole chain and says which link is broken, if one is."""

import argparse
import secrets
import sys
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import TypeVar

from ops.api import Api, Refused
from ops.errors import OperatorError
from ops.local.data_directory import DataDirectory, data_directory
from ops.waiting import Stalled, wait_for

T = TypeVar("T")
FORM = "self-check"
KINDS = frozenset({"form.submitted", "case.opened", "email.sent"})


def check(api: Api, data: DataDirectory, *, say: Callable[[str], None]) -> None:
    """Raise OperatorError that names the first broken link; leaves a closed case and an archived customer behind."""
    mark = secrets.token_hex(4)
    chain = _Chain(api, data, mark)
    _make_form(api)
    say("form")
    case_id, number = _submit(Api(api.url), mark)
    say(f"case {number}")
    customer_id = chain.customer_of(case_id, number)
    say("customer")
    chain.await_mail(number)
    say("e-mail")
    chain.await_timeline(customer_id, number)
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
            raise OperatorError(f"FORM: the cases service did not take a form. {refusal}") from refusal


def _submit(visitor: Api, mark: str) -> tuple[str, str]:
    answers = {
        "name": f"Self-check {mark}",
        "email": f"self-check-{mark}@demo.example",
        "subject": f"Self-check {mark}",
    }
    try:
        receipt = visitor.post(f"/forms/{FORM}/submissions", {"answers": answers})
    except Refused as refusal:
        raise OperatorError(f"SUBMISSION: gateway → cases did not take it. {refusal}") from refusal
    return str(receipt["case_id"]), str(receipt["case_number"])


class _Chain:
    """What follows from one submission, link by link; each is waited for while the system works."""

    def __init__(self, api: Api, data: DataDirectory, mark: str) -> None:
        self._api, self._data, self._mark = api, data, mark

    def customer_of(self, case_id: str, number: str) -> str:
        def linked() -> str:
            return str(self._api.get(f"/cases/{case_id}")["customer_id"] or "")

        return self._await(linked, f"CUSTOMER: case {number} has one", "cases-worker", "customers-worker")

    def await_mail(self, number: str) -> None:
        folder = self._data.mail

        def has_arrived() -> bool:
            texts = (_text_of(file) for file in folder.rglob("*.eml"))
            return any(number in text and self._mark in text for text in texts)

        self._await(
            has_arrived, f"E-MAIL: an answer for {number} is in {folder}", "cases-worker", "notifications-worker"
        )

    def await_timeline(self, customer_id: str, number: str) -> None:
        def has_all() -> bool:
            timeline = self._api.get(f"/customers/{customer_id}/timeline", limit="50")["data"]
            return {item["kind"] for item in timeline} >= KINDS

        link = f"TIMELINE: {number}'s customer has {', '.join(sorted(KINDS))}"
        self._await(has_all, link, "customers-worker", "notifications-worker")

    def _await(self, condition: Callable[[], T], link: str, *programs: str) -> T:
        """`programs` are those whose logs say more."""
        try:
            return wait_for(condition, link, processes=[self._data.process_id()])
        except Stalled as stalled:
            logs = " and ".join(str(self._data.logs / f"{program}.log") for program in programs)
            raise OperatorError(f"{stalled}\nLook into {logs}, and: python3 crm.py parked list") from stalled


def _text_of(file: Path) -> str:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain", "html"))
    return f"{message['to']} {message['subject']} {body.get_content() if body else ''}"


def _tidy(api: Api, case_id: str, customer_id: str) -> None:
    for status in ("working", "resolved", "closed"):
        api.act(f"/cases/{case_id}", "transition", {"status": status})
    api.act(f"/customers/{customer_id}", "archive")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="crm.py selfcheck", description=__doc__)
    parser.add_argument("--data", help="the data folder, var/ if not said")
    data = data_directory(parser.parse_args(arguments).data)
    check(Api(data.address(), data.demo_key.read_text()), data, say=lambda link: print(f"  {link}: ok"))
    print("The whole chain works.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OperatorError as error:
        sys.exit(f"The self-check failed. {error}")
