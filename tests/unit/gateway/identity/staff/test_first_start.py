"""The first start makes the roles and one administrator."""

from concurrent.futures import ThreadPoolExecutor

from gateway.identity.staff.first_start import prepare
from tests.unit.gateway.conftest import PASSWORD


def test_two_first_starts_at_once_make_one_administrator(gateway):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: prepare(gateway.service), range(16)))
    users = gateway.person().get("/users").json["data"]
    assert [user["roles"] for user in users] == [["administrator"]]
    assert len([one for one in gateway.running.recorded() if one["type"] == "user.created.v1"]) == 1


def test_without_a_named_administrator_the_login_link_makes_one(start_gateway):
    gateway = start_gateway(CRM_ADMIN_EMAIL="", CRM_ADMIN_PASSWORD="")
    assert gateway.log_in(password=PASSWORD).status_code == 401
    run = gateway.app.test_cli_runner()
    assert run.invoke(args=["login-link"]).exit_code == 0
    assert run.invoke(args=["login-link"]).exit_code == 0
    assert len([one for one in gateway.running.recorded() if one["type"] == "user.created.v1"]) == 1
