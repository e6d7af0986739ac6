"""Loads the demo data through the public API, once however often it is asked, and takes it away again."""

import argparse
import hashlib
import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from ops.api import Api, Document, Refused, eventually
from ops.demo import data as demo_data
from ops.errors import Trouble
from ops.local.data_directory import place_of
from ops.local.processes import DEMO_ADMINISTRATOR
from ops.secret_files import write_private

THREADS = 6
CONFLICT = 409
UNPROCESSABLE = 422
PATIENCE = 20.0
SYSTEM = "demo"


class Book:
    """What was loaded, by the demo's own names, in a file beside the data; a second load skips what stands in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._book: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}

    @property
    def is_complete(self) -> bool:
        return "complete" in self._book

    def once(self, name: str, make: Callable[[str], str]) -> str:
        """The id of what has this name; made now if it was not yet. `make` gets a key that the API knows again."""
        with self._lock:
            known = self._book.get(name)
        if known is None:
            known = make(hashlib.sha256(f"{self._path} {name}".encode()).hexdigest()[:40])
            with self._lock:
                self._book[name] = known
        return known

    def named(self, start: str) -> Iterator[tuple[str, str]]:
        return ((name, id_) for name, id_ in sorted(self._book.items()) if name.startswith(start))

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Write down what was done, also when it broke off in the middle."""
        try:
            yield
            self._book["complete"] = "yes"
        finally:
            write_private(self._path, json.dumps(self._book, indent=1))

    @property
    def is_put_away(self) -> bool:
        return "put away" in self._book

    def put_away(self) -> None:
        self._book["put away"] = "yes"
        write_private(self._path, json.dumps(self._book, indent=1))


def load(api: Api, book: Book, *, progress: Callable[[str], None]) -> None:
    """Raise Trouble with the API's own words when something of it is refused."""
    demo = demo_data.draw()
    loader = _Loader(api, book)
    total = 2 * len(demo.customers) + len(demo.submissions)
    done = count(1)
    with book.kept():
        loader.load_foundations()
        # Customers first, so that the other services have heard of them when their orders and cases come.
        for load_one, things in (
            (loader.load_customer, [(customer,) for customer in demo.customers]),
            (loader.load_work, [(customer,) for customer in demo.customers]),
            (loader.submit, list(enumerate(demo.submissions))),
        ):
            for _ in _side_by_side(load_one, things):
                progress(f"{next(done)} of {total}")


def _side_by_side(load_one: Callable[..., None], things: Sequence[tuple[Any, ...]]) -> Iterator[None]:
    """Load several at once; when one is refused or somebody presses Ctrl-C, what has not begun is left out."""
    pool = ThreadPoolExecutor(THREADS)
    try:
        yield from pool.map(lambda thing: load_one(*thing), things)
    finally:
        pool.shutdown(cancel_futures=True)


class _Loader:
    """One load: each method makes one kind of thing, and again nothing when called again."""

    def __init__(self, api: Api, book: Book) -> None:
        self._api = api
        self._book = book
        self._noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)

    def load_foundations(self) -> None:
        """What the rest refers to: people, products, workflows, case types, forms."""
        for name in demo_data.TEAMS:
            self._post(f"team {name}", "/teams", {"name": name})
        desk = self._book.once(f"team {demo_data.TEAMS[0]}", str)
        for login, name, role in demo_data.STAFF:
            person: Document = {"email": f"{login}@demo.example", "name": name, "roles": [role], "team_ids": [desk]}
            self._post(f"user {login}", "/users", person)
        self._book.once("administrator", lambda _: self._let_administrator_join())
        for sku, name, kind, price in demo_data.PRODUCTS:
            money = {"amount": price, "currency": "EUR"}
            body: Document = {"sku": sku, "name": name, "type": kind, "unit_price": money, "tax_rate": "0.19"}
            self._post(f"product {sku}", "/products", body)
        for workflow in demo_data.WORKFLOWS:
            id_ = self._post(f"workflow {workflow['key']}", "/workflows", workflow)
            self._act(workflow["key"], f"/workflows/{id_}", "publish")
        for case_type in demo_data.CASE_TYPES:
            self._post(f"case-type {case_type['key']}", "/case-types", case_type)
        for form in demo_data.FORMS:
            self._post(f"form {form['key']}", "/forms", form)

    def _let_administrator_join(self) -> str:
        """Give the demo's own administrator a share of the work, so that whoever looks around finds tasks and news."""
        me = self._api.get("/me")
        if me["email"] == DEMO_ADMINISTRATOR:
            user = self._api.get(f"/users/{me['id']}")
            self._api.patch(f"/users/{me['id']}", {"roles": ["administrator", "manager", "support"]}, user["version"])
        return str(me["id"])

    def load_customer(self, customer: demo_data.Customer) -> None:
        path = f"/customers/by-external-id/{SYSTEM}/{customer.key}"
        id_ = self._book.once(f"customer {customer.key}", lambda _: str(self._api.put(path, customer.body)["id"]))
        for index, contact in enumerate(customer.contacts):
            self._post(f"contact {customer.key} {index}", f"/customers/{id_}/contacts", contact)
        for index, note in enumerate(customer.notes):
            self._post(f"note {customer.key} {index}", "/notes", {"customer_id": id_, "body": note})
        for index, activity in enumerate(customer.activities):
            self._log(f"activity {customer.key} {index}", id_, activity)

    def load_work(self, customer: demo_data.Customer) -> None:
        id_ = self._book.once(f"customer {customer.key}", str)
        for index, order in enumerate(customer.orders):
            self._order(f"order {customer.key} {index}", id_, order)
        for index, case in enumerate(customer.cases):
            self._case(f"case {customer.key} {index}", id_, case)

    def submit(self, number: int, submission: tuple[str, Document]) -> None:
        form, answers = submission
        self._book.once(f"submission {number}", lambda key: self._submit(form, answers, key))

    def _submit(self, form: str, answers: Document, key: str) -> str:
        # As a visitor sends it: without a key.
        visitor = Api(self._api.url)
        return str(visitor.post(f"/forms/{form}/submissions", {"answers": answers}, once=key)["case_id"])

    def _log(self, name: str, customer_id: str, activity: Document) -> None:
        at = self._noon - timedelta(days=activity["days_ago"])
        told = {key: value for key, value in activity.items() if key != "days_ago"}
        self._post(
            name, "/activities", {**told, "customer_id": customer_id, "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        )

    def _order(self, name: str, customer_id: str, order: Document) -> None:
        body = {"customer_id": customer_id, "currency": order["currency"], "lines": order["lines"]}
        path = f"/orders/{self._post_when_known(name, '/orders', body)}"
        until = order["until"]
        if until == "cancelled":
            self._act(name, path, "cancel", {"reason": "Ordered twice."})
        if until in {"confirmed", "paid"}:
            self._act(name, path, "confirm")
        if until == "paid":
            self._post(f"payment {name}", "/payments", self._payment(customer_id, path))
            self._act(name, path, "fulfil")

    def _payment(self, customer_id: str, path: str) -> Document:
        total = self._api.get(path)["total"]
        return {"customer_id": customer_id, "amount": total, "method": "bank_transfer"}

    def _case(self, name: str, customer_id: str, case: Document) -> None:
        told = {key: value for key, value in case.items() if key != "until"}
        path = f"/cases/{self._post_when_known(name, '/cases', {**told, 'customer_id': customer_id})}"
        until = case["until"]
        if isinstance(until, int):
            self._lead(name, path, until)
        elif until != "new":
            self._act(name, path, "transition", {"status": until, "note": "As agreed by phone."})

    def _lead(self, name: str, path: str, steps: int) -> None:
        """Take the case so many steps through its workflow."""
        if steps:
            self._act(name, path, "transition", {"status": "working"})
        for turn in range(steps):
            self._book.once(f"decision {turn} {name}", lambda _: self._decide(path))

    def _decide(self, path: str) -> str:
        """Decide the open step of the case's workflow the first way it can go."""
        run = eventually(lambda: self._api.get(path).get("run"), 5)
        if not run or run["status"] != "running":
            return "none"
        case_id = path.rsplit("/", 1)[1]
        items = self._api.get("/work-items", case_id=case_id, state="open")["data"]
        for item in items[:1]:
            outcome = item["step"]["outcomes"][0]
            self._api.act(f"/work-items/{item['id']}", "decide", {"outcome": outcome, "note": "Agreed."})
            return str(item["id"])
        return "none"

    def _act(self, name: str, path: str, action: str, body: Document | None = None) -> None:
        self._book.once(f"{action} {name}", lambda _: str(self._api.act(path, action, body)["id"]))

    def _post_when_known(self, name: str, path: str, body: Document) -> str:
        """Another service may take seconds to hear of a customer on a busy machine, and refuses until then."""

        def try_once() -> str | None:
            try:
                return self._post(name, path, body)
            except Refused as refusal:
                if refusal.status != UNPROCESSABLE:
                    raise
            return None

        return eventually(try_once, PATIENCE) or self._post(name, path, body)

    def _post(self, name: str, path: str, body: Document) -> str:
        def make(key: str) -> str:
            return str(self._api.post(path, body, once=key)["id"])

        return self._book.once(name, make)


def remove(api: Api, book: Book, *, progress: Callable[[str], None]) -> None:
    """Put away what was loaded: cases are closed, orders cancelled, customers archived, people locked out.

    Nothing is erased: a firm's books and its story stay readable.
    """
    cases = [id_ for start in ("case ", "submission ") for _, id_ in book.named(start)]
    customers = {id_ for _, id_ in book.named("customer ")}
    for case_id in cases:
        case = api.get(f"/cases/{case_id}")
        customers |= {case["customer_id"] or ""}
        if case["run"] and case["run"]["status"] == "running":
            _quietly(api, f"/workflow-runs/{case['run']['id']}", "cancel", {"reason": "End of the demo."})
        _quietly(api, f"/cases/{case_id}", "transition", {"status": "closed", "note": "End of the demo."})
    progress(f"{len(cases)} cases closed")
    for _, order_id in book.named("order "):
        _quietly(api, f"/orders/{order_id}", "cancel", {"reason": "End of the demo."})
    progress("orders cancelled")
    for _, organization_id in book.named("customer company-"):
        customers |= {contact["person_id"] for contact in api.get(f"/customers/{organization_id}/contacts")["data"]}
    for customer_id in customers - {""}:
        _quietly(api, f"/customers/{customer_id}", "archive")
    progress(f"{len(customers)} customers archived")
    for _, user_id in book.named("user "):
        _quietly(api, f"/users/{user_id}", "disable")
    progress("users disabled")
    book.put_away()


def _quietly(api: Api, path: str, action: str, body: Document | None = None) -> None:
    """What is closed, fulfilled or archived already says so with a conflict, and may stay as it is."""
    try:
        api.act(path, action, body)
    except Refused as refusal:
        if refusal.status != CONFLICT:
            raise


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="crm.py demo", description=__doc__)
    parser.add_argument("--remove", action="store_true", help="put away what was loaded")
    parser.add_argument("--data", help="the data folder, var/ if not said")
    asked = parser.parse_args(arguments)
    place = place_of(asked.data)
    api, book = Api(place.address(), place.demo_key.read_text()), Book(place.demo_book)
    if book.is_put_away:
        print("The demo was put away. To have it again, start with new data: python3 crm.py up --fresh")
    elif asked.remove:
        remove(api, book, progress=print)
        print("The demo data is put away.")
    elif book.is_complete:
        print("The demo data is loaded already.")
    else:
        load(api, book, progress=print)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
