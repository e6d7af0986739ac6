"""Whatever dies on the way: nothing is lost, nothing happens twice, and the rest goes on."""

import collections
import re

import pytest

from ops.api import Api, Refused
from tests.e2e.journey import PATIENCE, Company
from tests.stacks import Stack, wait_for

SERVICES = ("customers", "cases", "orders", "notifications", "gateway")
WORKERS = tuple(f"{service}-worker" for service in SERVICES)
BURST = 12


def submit_many(company: Company, prefix: str) -> dict[str, str]:
    """Case number by visitor; what is in here was acknowledged."""
    return {
        name: company.submit(company.answers(name), key=f"{company.mark}-{name}")["case_number"]
        for name in (f"{prefix}{index}" for index in range(BURST))
    }


def assert_everything_happened_once(
    stack: Stack, company: Company, acknowledged: dict[str, str], *, mailer_died: bool = False
) -> None:
    """Each acknowledged submission: one case, one linked customer, one reply, one task mail; nothing waits or is parked.

    Where the mailer was killed, a mail that was just in its hands may be one that nobody knows of whether it arrived:
    it is never sent twice by itself, and it says so.
    """
    wait_for(lambda: not unpublished(stack), PATIENCE, "every outbox is empty")
    linked = lambda: {row[0] for row in stack.sql("cases", 'SELECT number FROM "cases" WHERE customer_id IS NOT NULL')}
    wait_for(lambda: set(acknowledged.values()) <= linked(), PATIENCE, "every case has its customer")
    wanted = {(company.answers(name)["email"], number) for name, number in acknowledged.items()}
    wanted |= {(company.emails["sam"], number) for number in acknowledged.values()}
    unknown = lambda: in_doubt(stack) if mailer_died else set()
    wait_for(
        lambda: wanted <= set(delivered(stack)) | unknown(), PATIENCE * 2, "every mail is sent, or known to be in doubt"
    )
    assert {count for mail, count in delivered(stack).items() if mail in wanted} == {1}
    assert parked(stack) == []


def delivered(stack: Stack) -> collections.Counter[tuple[str, str]]:
    """How often the post office got a letter, by address and case number."""
    return collections.Counter(
        (str(letter["to"].addresses[0].addr_spec), number)
        for letter in list(stack.office.letters)
        for number in re.findall(r"C-\d+", str(letter["subject"]))[:1]
    )


def in_doubt(stack: Stack) -> set[tuple[str, str]]:
    """Mails that a sender had in its hands when it died."""
    statement = "SELECT to_email, subject FROM emails WHERE state IN ('sending', 'unknown')"
    return {
        (to, number)
        for to, subject in stack.sql("notifications", statement)
        for number in re.findall(r"C-\d+", subject)[:1]
    }


def unpublished(stack: Stack) -> int:
    return sum(
        stack.sql(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL")[0][0] for service in SERVICES
    )


def parked(stack: Stack) -> list[str]:
    return [
        row[0]
        for service in SERVICES
        for row in stack.sql(service, "SELECT reason FROM parked_message WHERE settled_at IS NULL")
    ]


@pytest.mark.parametrize("point", ["relay-before-publish", "relay-after-confirm"])
def test_a_relay_killed_around_the_publish_loses_and_doubles_nothing(
    fragile: Stack, company: Company, point: str
) -> None:
    fragile.terminate("cases-worker")
    acknowledged = submit_many(company, point.title().replace("-", ""))
    fragile.start("cases-worker", CRM_FAILPOINT=point)
    wait_for(lambda: fragile.has_died("cases-worker"), PATIENCE, f"the worker dies at {point}")
    fragile.kill("cases-worker")
    fragile.start("cases-worker")
    assert_everything_happened_once(fragile, company, acknowledged)


@pytest.mark.parametrize("point", ["consumer-before-commit", "consumer-after-commit"])
@pytest.mark.parametrize("worker", ["customers-worker", "notifications-worker"])
def test_a_consumer_killed_around_its_commit_has_its_effect_once(
    fragile: Stack, company: Company, worker: str, point: str
) -> None:
    fragile.terminate(worker)
    acknowledged = submit_many(company, f"{worker[:3]}{point[9:].replace('-', '')}")
    fragile.start(worker, CRM_FAILPOINT=point)
    wait_for(lambda: fragile.has_died(worker), PATIENCE, f"the worker dies at {point}")
    fragile.kill(worker)
    fragile.start(worker)
    assert_everything_happened_once(fragile, company, acknowledged, mailer_died=worker == "notifications-worker")


def test_all_workers_killed_under_load_lose_and_double_nothing(fragile: Stack, company: Company) -> None:
    first = submit_many(company, "Under")
    fragile.kill(*WORKERS)
    second = submit_many(company, "Load")
    fragile.start(*WORKERS)
    assert_everything_happened_once(fragile, company, {**first, **second}, mailer_died=True)


def test_a_web_process_killed_mid_request_commits_a_retried_key_once(fragile: Stack, company: Company) -> None:
    acknowledged = {}
    for index in range(BURST):
        name = f"Retry{index}"
        if index % 4 == 1:
            fragile.kill("cases")
            fragile.start("cases")
        acknowledged[name] = wait_for(lambda name=name: _try_submit(company, name), PATIENCE, f"{name} is accepted")
    assert_everything_happened_once(fragile, company, acknowledged)


def _try_submit(company: Company, name: str) -> str | None:
    try:
        return company.submit(company.answers(name), key=f"{company.mark}-{name}")["case_number"]
    except Refused as refused:
        if refused.status != 503:
            raise
        return None


def test_a_service_that_is_down_takes_only_its_own_routes_with_it(fragile: Stack, company: Company) -> None:
    fragile.kill("orders")
    try:
        answer = raw_get(company.admin, "/orders")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "orders" in answer.json()["detail"].lower()
        for path in ("/customers", "/cases", "/emails", "/users"):
            assert raw_get(company.admin, path).status_code == 200
        customer = company.linked_case(company.submit(company.answers("Nora"))["case_id"])["customer_id"]
        overview = company.admin.get(f"/customers/{customer}/overview")
        assert overview["complete"] is False
        assert (overview["orders"]["status"], overview["customer"]["status"]) == ("unavailable", "ok")
    finally:
        fragile.start("orders")
        fragile.wait_ready("orders")
    wait_for(lambda: raw_get(company.admin, "/orders").status_code == 200, PATIENCE, "orders answer again")


def raw_get(api: Api, path: str):
    return api._session.get(f"{api.url}/api/v1{path}", timeout=30)


def test_mail_that_is_refused_stays_queued_says_so_and_arrives_once_later(fragile: Stack, company: Company) -> None:
    fragile.office.answer = "451 Try again later"
    try:
        number = company.submit(company.answers("Olga"))["case_number"]
        address = company.answers("Olga")["email"]

        def waiting() -> list[dict]:
            return [
                one
                for one in company.admin.get("/emails", limit="200")["data"]
                if one["to"] == address and one["last_error"]
            ]

        mail = wait_for(waiting, PATIENCE, "the mail was tried")[0]
        assert mail["state"] in {"queued", "sending"}
        assert "451" in mail["last_error"]
        assert mail["next_try_at"] > mail["created_at"]
        assert fragile.office.to(address) == []
    finally:
        fragile.office.answer = "250 OK"
    wait_for(lambda: fragile.office.to(address), PATIENCE * 3, "the mail arrives")
    assert [number in letter["subject"] for letter in fragile.office.to(address)] == [True]


def test_while_the_broker_is_down_writes_go_on_and_all_events_arrive_once_when_it_is_back(
    fragile: Stack, company: Company
) -> None:
    broker = fragile.rabbitmq
    if broker is None:
        return broken_embedded_bus(fragile, company)
    broker.kill()
    try:
        acknowledged = submit_many(company, "Broker")
        assert unpublished(fragile) >= BURST
        assert raw_get(company.admin, "/cases").status_code == 200
    finally:
        broker.start()
    assert_everything_happened_once(fragile, company, acknowledged)
    return None


def broken_embedded_bus(stack: Stack, company: Company) -> None:
    """The embedded bus is a file: away for a while, as on a full or lost disk."""
    bus = stack.installation.place.bus
    stack.terminate(*WORKERS)
    away = [(path, path.with_name(f"{path.name}.away")) for path in bus.parent.glob("bus.db*")]
    for path, hidden in away:
        path.rename(hidden)
    bus.mkdir()
    stack.start(*WORKERS)
    acknowledged = submit_many(company, "Bus")
    assert unpublished(stack) >= BURST
    stack.terminate(*WORKERS)
    bus.rmdir()
    for path, hidden in away:
        hidden.rename(path)
    stack.start(*WORKERS)
    assert_everything_happened_once(stack, company, acknowledged)


def test_every_process_drains_and_stops_on_sigterm_and_loses_nothing(fragile: Stack, company: Company) -> None:
    acknowledged = submit_many(company, "Drain")
    assert fragile.terminate(*WORKERS) < 30
    fragile.start(*WORKERS)
    assert_everything_happened_once(fragile, company, acknowledged)
