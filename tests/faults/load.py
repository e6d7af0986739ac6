"""A load of the main job through the gateway, and the log of what its clients were told."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import requests

from ops.waiting import LONGEST_SECONDS, Patience, Stalled, wait_for
from tests.e2e.journey import Company
from tests.stacks import Stack

TRY_AGAIN_SECONDS = 0.2
UNAVAILABLE = frozenset({429, 502, 503, 504})
SKU = "BEAN"


@dataclass
class Deed:
    """One thing that a client wanted. `answer` is what it was told; without one nobody knows whether it was done."""

    kind: str
    key: str
    about: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    answer: dict[str, Any] | None = None
    tries: int = 0
    troubles: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_acknowledged(self) -> bool:
        return self.answer is not None


class Load:
    """Clients that go on until they are told to stop; each asks again with the same key until it is answered."""

    def __init__(self, stack: Stack, company: Company, *, seed: int, clients: int = 3, per_second: float = 12) -> None:
        self._url, self._company, self._stack = stack.url, company, stack
        self.seed = seed
        self.mark = f"{company.mark}-{seed:x}-{next(_numbers)}"
        self._pause = clients / per_second
        self._stop = threading.Event()
        self.deeds: list[Deed] = []
        self.refusals: Counter[str] = Counter()
        self._clients = [_Client(self, number) for number in range(clients)]
        self._threads = [threading.Thread(target=self._live, args=(one,), daemon=True) for one in self._clients]

    @contextmanager
    def running(self) -> Iterator[Load]:
        """While inside; afterwards everything that was begun has been answered or given up."""
        for client in self._clients:
            client.make_customer()
        wait_for(self._customers_are_known, "orders has a copy of the customers of the load")
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(LONGEST_SECONDS)

    def done(self, kind: str) -> list[Deed]:
        """Those that were acknowledged."""
        return [deed for deed in self.deeds if deed.kind == kind and deed.is_acknowledged]

    @property
    def acknowledged(self) -> int:
        return sum(deed.is_acknowledged for deed in self.deeds)

    def slowest(self, share: float = 0.99) -> float:
        """Seconds within which this share of the acknowledged was answered, at the last try."""
        times = sorted(deed.seconds for deed in self.deeds if deed.is_acknowledged) or [0.0]
        return times[min(len(times) - 1, int(len(times) * share))]

    def write(self, path: Path) -> None:
        """The log, a line a deed."""
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(deed), default=str) + "\n" for deed in list(self.deeds))

    def _customers_are_known(self) -> bool:
        known = {row.id for row in self._stack.sql("orders", "SELECT id FROM customers")}
        return {client.customer["id"] for client in self._clients} <= known

    def _live(self, client: _Client) -> None:
        while not self._stop.is_set():
            client.act()
            self._stop.wait(self._pause * client.random.uniform(0.5, 1.5))

    def send(self, session: requests.Session, deed: Deed, method: str, path: str, **sent: Any) -> Deed:
        """Until it is answered; a refusal ends it, too."""
        self.deeds.append(deed)
        headers = {"Idempotency-Key": deed.key, **sent.pop("headers", {})}
        pauses = Patience("an answer", progress=lambda: self.acknowledged)
        while deed.tries == 0 or self._may_try_again(pauses):
            deed.tries += 1
            began = time.monotonic()
            try:
                answer = session.request(method, f"{self._url}/api/v1{path}", headers=headers, timeout=30, **sent)
            except requests.RequestException as error:
                deed.troubles.append(repr(error)[-200:])
                continue
            deed.status, deed.seconds = answer.status_code, time.monotonic() - began
            if answer.ok:
                deed.answer = answer.json()
                return deed
            if answer.status_code not in UNAVAILABLE:
                self.refusals[f"{deed.kind} {answer.status_code}: {answer.text[:300]}"] += 1
                return deed
            deed.troubles.append(answer.text[:200])
        return deed

    @staticmethod
    def _may_try_again(pauses: Patience) -> bool:
        """After a pause; no more when nothing has been answered for a minute and the system does not work either."""
        time.sleep(TRY_AGAIN_SECONDS)
        try:
            pauses.pause()
        except Stalled:
            return False
        return True


_numbers = itertools.count(1)


class _Client:
    """One caller: sometimes a visitor, sometimes staff; it owns its customers, so that nobody else renames them."""

    def __init__(self, load: Load, number: int) -> None:
        self._load, self._number = load, number
        self.random = random.Random(f"{load.seed} {number}")
        self._count = itertools.count(1)
        self._staff, self._public = requests.Session(), requests.Session()
        self._staff.headers["Authorization"] = load._company.admin._session.headers["Authorization"]
        self._sam = load._company.staff["sam"]._session
        for session in (self._staff, self._public):
            session.trust_env = False
        self.customer: dict[str, Any] = {}
        self._order: dict[str, Any] | None = None
        self._visitors: list[str] = []

    def act(self) -> None:
        """One deed, chosen by the seed."""
        wanted = [self._submit] * 10 + [self._rename] * 3 + [self._place] * 4 + [self._decide] * 3
        self.random.choice(wanted)()

    def _key(self, kind: str) -> str:
        return f"{self._load.mark}-{self._number}-{kind}-{next(self._count)}"

    def make_customer(self) -> None:
        """The one that it renames and sells to."""
        key = self._key("customer")
        body = {"kind": "organization", "name": f"Kunde {key}", "email": f"{key}@kunde.example"}
        deed = self._load.send(self._staff, Deed("customer", key), "POST", "/customers", json=body)
        assert deed.answer, self._load.refusals
        self.customer = deed.answer

    def _submit(self) -> None:
        key = self._key("submit")
        # One who writes more than five times an hour gets no more automatic replies: here nobody does.
        again = bool(self._visitors) and self.random.random() < 0.2
        person = self._visitors.pop() if again else f"V{key}"
        if not again:
            self._visitors.append(person)
        answers = self._load._company.answers(person, subject=key)
        deed = Deed("submit", key, {"email": answers["email"]})
        path = f"/forms/{self._load._company.form}/submissions"
        self._load.send(self._public, deed, "POST", path, json={"answers": answers})

    def _rename(self) -> None:
        key = self._key("rename")
        deed = Deed("rename", key, {"id": self.customer["id"], "name": f"Kunde {key}"})
        path, seen = f"/customers/{self.customer['id']}", {"If-Match": f'"{self.customer["version"]}"'}
        self._load.send(self._staff, deed, "PATCH", path, json={"name": deed.about["name"]}, headers=seen)
        self.customer = deed.answer or self.customer

    def _place(self) -> None:
        """Place an order, or confirm the one that was placed last."""
        if self._order is not None:
            deed = Deed("confirm", self._key("confirm"), {"id": self._order["id"]})
            path, seen = f"/orders/{self._order['id']}:confirm", {"If-Match": '"1"'}
            self._load.send(self._staff, deed, "POST", path, headers=seen)
            self._order = None
            return
        key = self._key("order")
        lines = [{"sku": SKU, "quantity": str(self.random.randint(1, 9))} for _ in range(3)]
        body = {"customer_id": self.customer["id"], "currency": "EUR", "note": key, "lines": lines}
        self._order = self._load.send(self._staff, Deed("order", key), "POST", "/orders", json=body).answer

    def _decide(self) -> None:
        """Take one of the tasks that wait and finish it; another client may be faster."""
        try:
            query = {"mine": "true", "state": "open", "limit": "20"}
            found = self._sam.get(f"{self._load._url}/api/v1/work-items", params=query, timeout=30)
            item = self.random.choice(found.json()["data"])
        except (requests.RequestException, LookupError, ValueError):
            return
        deed = Deed("decide", self._key("decide"), {"id": item["id"], "number": item["case"]["number"]})
        self._load.send(self._sam, deed, "POST", f"/work-items/{item['id']}:decide", json={"outcome": "done"})
