"""Loads the demo data through the public API, once however often it is asked."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from ops.api import Api, Document, Refused
from ops.demo import data
from ops.demo.manifest import DemoManifest
from ops.local.processes import DEMO_ADMINISTRATOR
from ops.waiting import wait_for

THREADS = 6
UNPROCESSABLE = 422
SYSTEM = "demo"


def load(api: Api, manifest: DemoManifest, *, system: int, progress: Callable[[str], None]) -> None:
    """Raise OperatorError with the API's own words when something of it is refused.

    `system` is the process that has started the others: while those work, what is not there yet is waited for.
    """
    demo = data.draw()
    loader = _Loader(api, manifest, system)
    total = 2 * len(demo.customers) + len(demo.submissions)
    done = count(1)
    with manifest.saved():
        loader.load_foundations()
        # Customers first, so that the other services know them when their orders and cases come.
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

    def __init__(self, api: Api, manifest: DemoManifest, system: int) -> None:
        self._system = system
        self._api = api
        self._manifest = manifest
        self._noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)

    def load_foundations(self) -> None:
        """What the rest refers to: people, products, workflows, case types, forms."""
        for name in data.TEAMS:
            self._post(f"team {name}", "/teams", {"name": name})
        desk = self._manifest.once(f"team {data.TEAMS[0]}", str)
        for login, name, role in data.STAFF:
            person: Document = {"email": f"{login}@demo.example", "name": name, "roles": [role], "team_ids": [desk]}
            self._post(f"user {login}", "/users", person)
        self._manifest.once("administrator", lambda _: self._let_administrator_join())
        for sku, name, kind, price in data.PRODUCTS:
            money = {"amount": price, "currency": "EUR"}
            body: Document = {"sku": sku, "name": name, "type": kind, "unit_price": money, "tax_rate": "0.19"}
            self._post(f"product {sku}", "/products", body)
        for workflow in data.WORKFLOWS:
            id_ = self._post(f"workflow {workflow['key']}", "/workflows", workflow)
            self._act(workflow["key"], f"/workflows/{id_}", "publish")
        for case_type in data.CASE_TYPES:
            self._post(f"case-type {case_type['key']}", "/case-types", case_type)
        for form in data.FORMS:
            self._post(f"form {form['key']}", "/forms", form)

    def _let_administrator_join(self) -> str:
        """Give the demo's own administrator a share of the work, so that whoever looks around finds tasks and news."""
        me = self._api.get("/me")
        if me["email"] == DEMO_ADMINISTRATOR:
            user = self._api.get(f"/users/{me['id']}")
            self._api.patch(f"/users/{me['id']}", {"roles": ["administrator", "manager", "support"]}, user["version"])
        return str(me["id"])

    def load_customer(self, customer: data.Customer) -> None:
        path = f"/customers/by-external-id/{SYSTEM}/{customer.key}"
        id_ = self._manifest.once(f"customer {customer.key}", lambda _: str(self._api.put(path, customer.body)["id"]))
        for index, contact in enumerate(customer.contacts):
            self._post(f"contact {customer.key} {index}", f"/customers/{id_}/contacts", contact)
        for index, note in enumerate(customer.notes):
            self._post(f"note {customer.key} {index}", "/notes", {"customer_id": id_, "body": note})
        for index, activity in enumerate(customer.activities):
            self._log(f"activity {customer.key} {index}", id_, activity)

    def load_work(self, customer: data.Customer) -> None:
        id_ = self._manifest.once(f"customer {customer.key}", str)
        for index, order in enumerate(customer.orders):
            self._order(f"order {customer.key} {index}", id_, order)
        for index, case in enumerate(customer.cases):
            self._case(f"case {customer.key} {index}", id_, case)

    def submit(self, number: int, submission: tuple[str, Document]) -> None:
        form, answers = submission
        self._manifest.once(f"submission {number}", lambda key: self._submit(form, answers, key))

    def _submit(self, form: str, answers: Document, key: str) -> str:
        # As a visitor sends it: without a key.
        visitor = Api(self._api.url)
        return str(visitor.post(f"/forms/{form}/submissions", {"answers": answers}, once=key)["case_id"])

    def _log(self, name: str, customer_id: str, activity: Document) -> None:
        at = self._noon - timedelta(days=activity["days_ago"])
        known = {key: value for key, value in activity.items() if key != "days_ago"}
        occurred_at = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._post(name, "/activities", {**known, "customer_id": customer_id, "occurred_at": occurred_at})

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
        body = {key: value for key, value in case.items() if key != "until"} | {"customer_id": customer_id}
        path = f"/cases/{self._post_when_known(name, '/cases', body)}"
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
            self._manifest.once(f"decision {turn} {name}", lambda _: self._decide(path))

    def _decide(self, path: str) -> str:
        """Decide the open step of the case's workflow the first way it can go."""
        run = self._api.get(path).get("run")
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
        self._manifest.once(f"{action} {name}", lambda _: str(self._api.act(path, action, body)["id"]))

    def _post_when_known(self, name: str, path: str, body: Document) -> str:
        """Another service may take seconds to hear of a customer on a busy machine, and refuses until then."""
        refusals: list[str] = []

        def try_once() -> str:
            try:
                return self._post(name, path, body)
            except Refused as refusal:
                if refusal.status != UNPROCESSABLE:
                    raise
                refusals[:] = [str(refusal)]
            return ""

        return wait_for(try_once, f"{name} is taken", progress=lambda: list(refusals), processes=[self._system])

    def _post(self, name: str, path: str, body: Document) -> str:
        def make(key: str) -> str:
            return str(self._api.post(path, body, once=key)["id"])

        return self._manifest.once(name, make)
