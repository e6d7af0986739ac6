"""docker-compose.yml runs the same system on PostgreSQL and RabbitMQ, closed to the outside but for the gateway."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ops.waiting import wait_for
from tests.compose.engine import docker
from tests.compose.project import Project
from tests.e2e.journey import Company, kinds

FOREIGN = {"postgres", "rabbitmq"}
# Run inside a service's container, so as that service's user of the broker.
ATTEMPTS = """
import os, pika
url = open(os.environ["CRM_BUS_URL_FILE"]).read().strip()
def attempt(work):
    channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
    channel.confirm_delivery()
    try:
        work(channel)
        return "allowed"
    except pika.exceptions.ChannelClosedByBroker as error:
        return str(error.reply_code)
as_cases = pika.BasicProperties(user_id="cases")
print(*[attempt(work) for work in (
    lambda channel: channel.basic_publish("crm.events", "customer.created.v1", b"{}"),
    lambda channel: channel.basic_publish("crm.events", "order.placed.v1", b"{}", as_cases),
    lambda channel: channel.basic_get("cases.events.v1"),
    lambda channel: channel.queue_declare("mine"),
    lambda channel: channel.queue_delete("orders.events.v1"),
)])
"""
GARBAGE = """
import os, pika
url = open(os.environ["CRM_BUS_URL_FILE"]).read().strip()
channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
channel.confirm_delivery()
channel.basic_publish("crm.events", "order.placed.v1", b"this is no event")
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("compose") / "crm")
    yield project
    project.remove()


@pytest.fixture(scope="module")
def project(clone: Project) -> Project:
    clone.init()
    clone.up()
    return clone


def test_a_start_without_init_says_in_one_sentence_what_to_do(clone: Project) -> None:
    answer = clone.attempt("up", "--build", "--wait")
    assert answer.returncode != 0
    assert "say `python3 crm.py init` first" in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_second_init_changes_nothing_and_says_how_to_go_on(clone: Project) -> None:
    clone.init()
    before = _digests(clone.folder)
    assert len(before) > 20
    said = clone.init()
    assert _digests(clone.folder) == before
    assert "docker compose up --build --wait" in said
    assert "docker compose exec gateway flask login-link" in said
    assert {path.stat().st_mode & 0o777 for path in (clone.folder / "secrets", clone.folder / ".env")} == {0o700, 0o600}


def test_the_first_login_is_a_link_that_works_once(project: Project) -> None:
    path = project.inside("gateway", "flask", "login-link").splitlines()[-1]
    browser, stranger = requests.Session(), requests.Session()
    assert _press_log_in(browser, project.url, path).status_code == 303
    assert browser.get(project.url, timeout=30, allow_redirects=False).status_code == 200
    assert _press_log_in(stranger, project.url, path).status_code == 422
    assert stranger.get(project.url, timeout=30, allow_redirects=False).status_code == 303


def test_the_main_job_runs_in_containers(project: Project) -> None:
    company = Company(project.api(), processes=project.processes())
    for name, role in (("sam", "support"), ("fay", "finance")):
        company.hire(name, role)
    company.set_up()
    case = company.linked_case(company.submit(company.answers("Katrin"))["case_id"])
    company.mails(company.emails["sam"], case_id=case["id"])
    company.mails(company.answers("Katrin")["email"])
    company.decide("sam", company.work_item("sam", case["number"]), "done")
    company.decide("fay", company.work_item("fay", case["number"]), "approve", "Yes.")
    wanted = ("form.submitted", "case.opened", "email.sent", "step.decided", "step.decided", "workflow.completed")
    assert kinds(company.timeline(case["customer_id"], wanted)).count("step.decided") == 2
    assert company.admin.get(f"/customers/{case['customer_id']}/overview")["complete"] is True


def test_only_the_gateway_publishes_a_port_and_only_on_this_machine(project: Project) -> None:
    published = {
        (one["Service"], port["URL"])
        for one in project.containers()
        for port in one.get("Publishers") or []
        if port["PublishedPort"]
    }
    assert published == {("gateway", "127.0.0.1")}


def test_our_containers_run_without_root_and_cannot_write_their_image(project: Project) -> None:
    ours = [one for one in project.containers("-a") if one["Service"] not in FOREIGN]
    assert len(ours) == 15
    for one in ours:
        inspected = json.loads(docker("inspect", one["ID"]).stdout)[0]
        assert inspected["Config"]["User"] == "10001", one["Service"]
        assert inspected["HostConfig"]["ReadonlyRootfs"] is True, one["Service"]
        assert inspected["HostConfig"]["CapDrop"] == ["ALL"], one["Service"]
        assert inspected["HostConfig"]["SecurityOpt"] == ["no-new-privileges:true"], one["Service"]


def test_no_secret_is_in_an_image_or_in_a_container_s_environment(project: Project) -> None:
    values = [path.read_text().strip() for path in (project.folder / "secrets").iterdir()]
    described = "".join(docker("inspect", one["ID"]).stdout for one in project.containers("-a"))
    assert not [value for value in values if value in described]
    assert "secrets" not in project.inside("gateway", "ls", "-a", "/app")


def test_a_service_may_publish_only_its_own_events_and_read_only_its_own_queue(project: Project) -> None:
    assert project.inside("orders-worker", "python", "-c", ATTEMPTS) == "403 406 403 403 403"


def test_a_service_sees_only_its_own_database(project: Project) -> None:
    script = (
        "import os, psycopg\n"
        "url = open(os.environ['CRM_DATABASE_URL_FILE']).read().strip().replace('+psycopg', '')\n"
        "psycopg.connect(url).close()\n"
        "for name in ('customers', 'cases', 'gateway', 'postgres', 'template1'):\n"
        "    try: psycopg.connect(url, dbname=name); print(name, 'is open')\n"
        "    except psycopg.OperationalError as error: print('permission denied' in str(error))\n"
    )
    assert project.inside("orders", "python", "-c", script).split() == ["True"] * 5


def test_a_message_that_cannot_be_handled_waits_for_the_operator(project: Project) -> None:
    project.inside("orders-worker", "python", "-c", GARBAGE)

    def parked() -> list[dict[str, object]]:
        return list(json.loads(project.inside("customers", "flask", "parked", "list", "--json")))

    waiting = wait_for(parked, "the broken message is parked", processes=project.processes())
    assert "discarded" in project.inside("customers", "flask", "parked", "discard", str(waiting[0]["id"]))
    assert parked() == []


def test_a_second_start_keeps_the_data(project: Project) -> None:
    company = Company(project.api())
    company.hire("kim", "support")
    project.down()
    project.up()
    found = project.api().get("/users", email=company.emails["kim"])["data"]
    assert [one["email"] for one in found] == [company.emails["kim"]]


def _press_log_in(browser: requests.Session, url: str, path: str) -> requests.Response:
    token = re.search(r'name="_csrf" value="([^"]+)"', browser.get(url + path, timeout=30).text)
    assert token, "the page of the link has no form"
    form, headers = {"_csrf": token[1]}, {"Origin": url}
    return browser.post(url + path, data=form, headers=headers, timeout=30, allow_redirects=False)


def _digests(folder: Path) -> dict[str, str]:
    files = [folder / ".env", *(folder / "secrets").iterdir()]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
