"""Mail on PostgreSQL: the same tables, and several senders that never take the same e-mail."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from notifications.app import create_app
from notifications.base import Base
from notifications.jobs import postman
from notifications.mail.actions import claim_due
from notifications.settings import NotificationsSettings
from servicekit.testing.harness import Harness
from tests import servers
from tests.unit.notifications.conftest import Post

SENDERS = 4


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    url = servers.postgres().fresh_database("notifications")
    bench = Harness(tmp_path)
    running = bench.start(
        create_app, NotificationsSettings, CRM_DATABASE_URL=url, CRM_MAIL_URL=f"file://{tmp_path / 'mail'}"
    )
    desk = running.client("notifications:read", "notifications:write")
    yield Post(running=running, folder=tmp_path / "mail", desk=desk)
    postman.cache_clear()
    bench.close()
    servers.postgres().drop(url)


def test_the_migrations_make_the_tables_that_the_models_describe(post: Post) -> None:
    with post.running.service.database.engine.connect() as connection:
        own = {"include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **own})
        assert compare_metadata(context, Base.metadata) == []


def test_an_event_becomes_an_email_and_a_retry_of_it_nothing(post: Post) -> None:
    post.user()
    post.case(owner_id="usr_ada", customer_id="cus_1")
    body = post.step()
    post.running.receive(body)
    assert post.deliver() == 1
    assert post.only()["state"] == "sent"
    assert len(post.letters()) == 1
    assert [one["type"] for one in post.recorded()] == ["email.sent.v1"]


def test_senders_side_by_side_never_take_the_same_email(post: Post) -> None:
    for number in range(12):
        post.form(personal={"email": f"visitor{number}@example.org"})
    together = Barrier(SENDERS)
    database, now = post.running.service.database, post.running.harness.clock()

    def take() -> list[str]:
        with database.write() as session:
            together.wait(timeout=60)
            taken = [one.id for one in claim_due(session, limit=3, lease=timedelta(minutes=1), now=now)]
            together.wait(timeout=60)
            return taken

    with ThreadPoolExecutor(SENDERS) as pool:
        taken = [one for future in [pool.submit(take) for _ in range(SENDERS)] for one in future.result()]
    assert len(taken) == len(set(taken)) == 12
