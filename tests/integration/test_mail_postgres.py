"""Mail on PostgreSQL: the same tables, and several senders that never take the same e-mail."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from notifications.base import Base
from notifications.mail.actions import claim_due_emails
from servicekit.actor import Actor
from tests import servers
from tests.unit.notifications.conftest import NotificationsHarness

SENDERS = 4


@pytest.fixture
def notifications(tmp_path: Path) -> Iterator[NotificationsHarness]:
    url = servers.postgres().fresh_database("notifications")
    notifications = NotificationsHarness.start_with_mail(tmp_path, CRM_DATABASE_URL=url)
    yield notifications
    notifications.close()
    servers.postgres().drop(url)


def test_the_migrations_make_the_tables_that_the_models_describe(notifications: NotificationsHarness) -> None:
    with notifications.running.service.database.engine.connect() as connection:
        own = {"include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **own})
        assert compare_metadata(context, Base.metadata) == []


def test_an_event_becomes_an_email_and_a_retry_of_it_nothing(notifications: NotificationsHarness) -> None:
    notifications.receive_user()
    notifications.receive_case(owner_id="usr_ada", customer_id="cus_1")
    body = notifications.receive_step()
    notifications.running.receive(body)
    assert notifications.deliver() == 1
    assert notifications.only_email()["state"] == "sent"
    assert len(notifications.sent_messages()) == 1
    assert [one["type"] for one in notifications.recorded()] == ["email.sent.v1"]


def test_senders_side_by_side_never_take_the_same_email(notifications: NotificationsHarness) -> None:
    for number in range(12):
        notifications.receive_form(personal={"email": f"visitor{number}@example.org"})
    together = Barrier(SENDERS)
    database, by = notifications.running.service.database, Actor.system(now=notifications.harness.clock())

    def take() -> list[str]:
        with database.write() as session:
            together.wait(timeout=60)
            taken = [one.id for one in claim_due_emails(session, by=by, limit=3, lease=timedelta(minutes=1))]
            together.wait(timeout=60)
            return taken

    with ThreadPoolExecutor(SENDERS) as pool:
        taken = [one for future in [pool.submit(take) for _ in range(SENDERS)] for one in future.result()]
    assert len(taken) == len(set(taken)) == 12
