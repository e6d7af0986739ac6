"""Login links work once, and no secret is stored."""

import pytest
from sqlalchemy import select

from gateway.identity.access.rules import secret_of_key
from gateway.identity.sessions.actions import LinkIsOver, create_login_link, redeem_login_link
from gateway.identity.staff.models import User
from servicekit.actor import Actor
from tests.unit.gateway.conftest import ADMIN, PASSWORD


def test_a_login_link_works_once(gateway):
    token = make_link(gateway)
    with gateway.service.database.write() as session:
        cookie = redeem_login_link(session, token, by=Actor.system(now=gateway.clock()))
    assert gateway.browse(cookie).status_code == 200
    with gateway.service.database.write() as session, pytest.raises(LinkIsOver):
        redeem_login_link(session, token, by=Actor.system(now=gateway.clock()))


def test_a_login_link_is_over_after_a_quarter_of_an_hour(gateway):
    token = make_link(gateway)
    gateway.clock.move(minutes=15)
    with gateway.service.database.write() as session, pytest.raises(LinkIsOver):
        redeem_login_link(session, token, by=Actor.system(now=gateway.clock()))


def test_no_secret_is_kept_in_the_database(gateway):
    token = gateway.log_in().json["access_token"]
    key = gateway.with_token(token).post("/api-keys", {"name": "k", "permissions": ["*"]}).json["secret"]
    cookie, link = gateway.open_browser(), make_link(gateway)
    gateway.service.close()
    folder = gateway.running.harness.folder
    kept = b"".join(path.read_bytes() for path in folder.glob("gateway.db*"))
    for secret in (token, key, secret_of_key(key), cookie, link, PASSWORD):
        assert secret.encode() not in kept


def make_link(gateway):
    gateway.log_in()
    with gateway.service.database.write() as session:
        user = session.scalars(select(User).where(User.email == ADMIN)).one()
        return create_login_link(session, by=Actor.system(now=gateway.clock()), user_id=user.id)
