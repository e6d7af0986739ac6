"""docker-compose.yml runs the same system on PostgreSQL and RabbitMQ, closed to the outside but for the gateway."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.api import Api
from tests.compose.engine import docker
from tests.e2e.journey import Company
from tests.stacks import free_ports

ROOT = Path(__file__).resolve().parent.parent.parent
ADMIN = "ada@example.com"


class Project:
    """A compose project in a clone of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.url = f"http://127.0.0.1:{port}"

    def compose(self, *words: str, must_work: bool = True) -> str:
        answer = docker("compose", "-p", "crmtest", *words, cwd=str(self.folder))
        assert not must_work or answer.returncode == 0, (
            f"compose {words}:\n{answer.stdout[-3000:]}{answer.stderr[-3000:]}"
        )
        return answer.stdout

    def password(self) -> str:
        found = re.search(r"^CRM_ADMIN_PASSWORD=(.+)$", (self.folder / ".env").read_text(), re.MULTILINE)
        assert found
        return found[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("compose") / "crm"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    port = free_ports()["gateway"]
    argv = [
        sys.executable,
        "-m",
        "ops.compose_init",
        "--port",
        str(port),
        "--admin-email",
        ADMIN,
        "--folder",
        str(folder),
    ]
    subprocess.run(argv, cwd=ROOT, check=True, capture_output=True)
    project = Project(folder, port)
    try:
        project.compose("up", "--build", "--wait", must_work=False)
        states = [
            json.loads(line)
            for line in project.compose("ps", "-a", "--format", "json").splitlines()
            if line.startswith("{")
        ]
        bad = [one["Name"] for one in states if one["Health"] == "unhealthy" or one.get("ExitCode", 0)]
        assert states, "compose started nothing"
        assert not bad, f"{bad}:\n{project.compose('logs', '--tail', '40', must_work=False)[-6000:]}"
        yield project
    finally:
        project.compose("down", "-v", "--remove-orphans", must_work=False)


def test_the_main_job_runs_in_containers(project: Project) -> None:
    token = Api(project.url).post("/auth/tokens", {"email": ADMIN, "password": project.password()})["access_token"]
    company = Company(Api(project.url, token))
    for name, role in (("sam", "support"), ("fay", "finance")):
        company.hire(name, role)
    company.set_up()
    case = company.linked_case(company.submit(company.answers("Katrin"))["case_id"])
    company.mails(company.emails["sam"], case_id=case["id"])
    company.mails(company.answers("Katrin")["email"])
    company.decide("sam", company.work_item("sam", case["number"]), "done")
    company.decide("fay", company.work_item("fay", case["number"]), "approve", "Yes.")
    kinds = company.kinds(case["customer_id"], {"form.submitted", "case.opened", "email.sent", "workflow.completed"})
    assert kinds.count("step.decided") == 2
    assert company.admin.get(f"/customers/{case['customer_id']}/overview")["complete"] is True


def test_only_the_gateway_publishes_a_port_and_only_on_this_machine(project: Project) -> None:
    published = {
        (one["Service"], port["URL"])
        for one in _containers(project)
        for port in one.get("Publishers") or []
        if port["PublishedPort"]
    }
    assert published == {("gateway", "127.0.0.1")}


def test_our_containers_run_without_root_and_cannot_write_their_image(project: Project) -> None:
    for one in _containers(project):
        if one["Service"] in {"postgres", "rabbitmq"}:
            continue
        inspected = json.loads(docker("inspect", one["ID"]).stdout)[0]
        assert inspected["Config"]["User"] == "10001", one["Service"]
        assert inspected["HostConfig"]["ReadonlyRootfs"] is True, one["Service"]
        assert inspected["HostConfig"]["CapDrop"] == ["ALL"], one["Service"]


def test_a_service_may_tell_only_its_own_facts_and_read_only_its_own_queue(project: Project) -> None:
    script = (
        "import os, pika\n"
        "url = open(os.environ['CRM_BUS_URL_FILE']).read().strip()\n"
        "def attempt(work):\n"
        "    c = pika.BlockingConnection(pika.URLParameters(url)); ch = c.channel(); ch.confirm_delivery()\n"
        "    try: work(ch); return 'allowed'\n"
        "    except pika.exceptions.ChannelClosedByBroker as e: return str(e.reply_code)\n"
        "foreign = lambda ch: ch.basic_publish('crm.events', 'customer.created.v1', b'x')\n"
        "forged = lambda ch: ch.basic_publish('crm.events', 'order.placed.v1', b'x', pika.BasicProperties(user_id='cases'))\n"
        "read = lambda ch: ch.basic_get('cases.events.v1')\n"
        "declare = lambda ch: ch.queue_declare('mine')\n"
        "print([attempt(one) for one in (foreign, forged, read, declare)])\n"
    )
    said = project.compose("exec", "-T", "orders-worker", "python", "-c", script)
    assert said.strip() == "['403', '406', '403', '403']"


def _containers(project: Project) -> list[dict]:
    return [json.loads(line) for line in project.compose("ps", "--format", "json").splitlines() if line.startswith("{")]
